import type { Role } from '@/api/tokens';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import classes from './TokensPage.module.css';

// As the server's policy has it (server/auth/policy.c).
const RIGHTS = [
  ['read', 'reader'],
  ['act', 'reader'],
  ['templates', 'reader'],
  ['refresh', 'editor'],
  ['confirm', 'editor'],
  ['locations', 'editor'],
  ['reload', 'admin'],
  ['tokens', 'admin'],
] as const satisfies readonly (readonly [keyof typeof say.roles, Role])[];

/** What each role may do, and whether one may oneself. */
export function RoleTable({ roles }: { roles: string[] }) {
  return (
    <section aria-labelledby="roles" className={classes.roles}>
      <h2 id="roles">{say.roles.title}</h2>
      <p className="cb-quiet">{say.roles.hint}</p>
      <ul>
        {RIGHTS.map(([right, role]) => {
          const may = roles.includes(role);
          return (
            <li key={right} data-may={may}>
              <Icon name={may ? 'check' : 'close'} size={16} />
              <span>
                {say.roles[right]} <span className="cb-quiet">· {say.roles.from} </span>
                <b>{say.role[role]}</b>
                <span className="cb-hidden">, {may ? say.roles.yours : say.roles.notYours}</span>
              </span>
            </li>
          );
        })}
      </ul>
      <p className="cb-quiet">{say.roles.plugin}</p>
    </section>
  );
}
