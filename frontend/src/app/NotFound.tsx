import { Link } from '@tanstack/react-router';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';
import { say } from './messages';

export function NotFound() {
  return (
    <div className="cb-page">
      <PageHeading title={say.noPage} />
      <Empty title={say.nowhere}>
        {say.startAgain} <Link to="/catalog">{say.startAgainLink}</Link>.
      </Empty>
    </div>
  );
}
