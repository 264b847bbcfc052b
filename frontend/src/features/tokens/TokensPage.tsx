import { Button } from '@mantine/core';
import { useState } from 'react';
import { useSession } from '@/api/session';
import { useTokens, type Token } from '@/api/tokens';
import { formatAge, formatInstant } from '@/lib/format';
import { EntityLink } from '@/ui/EntityLink';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Table } from '@/ui/Table';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { NewToken } from './NewToken';
import { RevokeToken } from './RevokeToken';
import { RoleTable } from './RoleTable';
import classes from './TokensPage.module.css';

/** Who is let in with what, and what each role may do. */
export function TokensPage() {
  const session = useSession();
  const roles = session.data?.roles ?? [];
  const isAdmin = roles.includes('admin');
  const tokens = useTokens(isAdmin);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | undefined>();
  const [withOld, setWithOld] = useState(false);
  const alive = tokens.data?.filter((token) => !isOver(token));
  const old = tokens.data?.filter(isOver) ?? [];
  const user = session.data?.user;

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={say.title} />
        <p role="status" className="cb-quiet">
          {alive && tokens.data!.length > 0 && say.count(alive.length)}
        </p>
        {isAdmin && (
          <Button className={classes.make} onClick={() => setMaking(true)}>
            {say.make}
          </Button>
        )}
      </div>
      {user && <p className="cb-quiet">{say.you(user.displayName ?? user.ref, roles.join(', '))}</p>}
      <Trouble of={session} />
      {session.data && !isAdmin && (
        <p className={classes.ask}>
          {say.askAdmin} <code>{say.command}</code>
        </p>
      )}
      {isAdmin && tokens.isPending && <Skeleton rows={6} label={say.loading} />}
      <Trouble of={tokens} />
      {tokens.data?.length === 0 && <Empty title={say.none}>{say.noneHint}</Empty>}
      {tokens.data && tokens.data.length > 0 && (
        <TokenTable tokens={withOld ? [...alive!, ...old] : alive!} onRevoke={setRevoking} />
      )}
      {old.length > 0 && (
        <Button variant="default" size="xs" onClick={() => setWithOld(!withOld)}>
          {withOld ? say.hideOld : say.showOld(old.length)}
        </Button>
      )}
      {session.data && <RoleTable roles={roles} />}
      {making && <NewToken onClose={() => setMaking(false)} />}
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />}
    </div>
  );
}

function isOver({ revokedAt, expiresAt }: Token): boolean {
  return Boolean(revokedAt) || (Boolean(expiresAt) && Date.parse(expiresAt!) <= Date.now());
}

function TokenTable({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  const { table } = say;
  return (
    <Table label={table.region} look="roomy" className={`cb-card ${classes.tokens}`}>
      <thead>
        <tr>
          {[table.name, table.user, table.role, table.created, table.used, table.expires].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          <th scope="col">
            <span className="cb-hidden">{table.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id} data-over={isOver(token)}>
            <th scope="row" className={classes.name} title={token.name}>
              {token.name} <code className="cb-quiet">{token.prefix}…</code>
            </th>
            <td>
              <EntityLink to={token.user} context={{ kind: 'user' }} />
            </td>
            <td>{say.role[token.role as keyof typeof say.role] ?? token.role}</td>
            <Moment at={token.createdAt} />
            <Moment at={token.usedAt} />
            {token.revokedAt ? (
              <td title={formatInstant(token.revokedAt)}>{say.revokedAt(formatAge(token.revokedAt))}</td>
            ) : isOver(token) ? (
              <td title={formatInstant(token.expiresAt!)}>{say.ended(formatAge(token.expiresAt!))}</td>
            ) : (
              <Moment at={token.expiresAt} />
            )}
            <td>
              {!isOver(token) && (
                <Button size="compact-sm" variant="default" aria-label={say.revokeName(token.name)} onClick={() => onRevoke(token)}>
                  {say.revoke}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Moment({ at }: { at?: string | null }) {
  if (!at) return <td className="cb-quiet">{say.never}</td>;
  return <td title={formatInstant(at)}>{formatAge(at)}</td>;
}
