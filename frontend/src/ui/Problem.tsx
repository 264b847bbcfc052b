import { ApiError } from '@/lib/client';
import { Icon } from './Icon';
import { say } from './messages';
import classes from './Note.module.css';
import { PlainButton } from './PlainButton';

/** The broken face of a view: what went wrong, and a way to try again. */
export function Problem({ of, onRetry }: { of: unknown; onRetry?: () => unknown }) {
  const error = of instanceof Error ? of : new Error(String(of));
  const api = error instanceof ApiError ? error : undefined;
  return (
    <div className={classes.bad} role="alert">
      <Icon name="warning" size={20} />
      <div className={classes.body}>
        <p className={classes.head}>
          {say.broken}
          {api && api.status > 0 ? ` (${api.status})` : ''}
        </p>
        <p>{error.message}</p>
        {api && (
          <p className={classes.fine}>
            <code title={api.request}>{api.request.replace(/\?.*/, '')}</code>
            {api.requestId && ` · ${say.request(api.requestId)}`}
          </p>
        )}
        {onRetry && (
          <PlainButton onClick={() => void onRetry()}>{say.tryAgain}</PlainButton>
        )}
      </div>
    </div>
  );
}
