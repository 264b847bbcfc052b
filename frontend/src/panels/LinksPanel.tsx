import { Icon } from '@/ui/Icon';
import type { PanelLinkItem } from './data';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import classes from './LinksPanel.module.css';

/** Where to go from here. */
export function LinksPanel({ data }: { data: { items: PanelLinkItem[] } }) {
  const more = useMore(data.items, 20, 500);
  if (data.items.length === 0) return <NoItems />;
  return (
    <>
      <ul className={classes.list}>
        {more.shown.map(({ title, url, text }, i) => (
          <li key={i} dir="auto">
            <PanelLink url={url}>
              <Icon name="external" size={14} /> {title}
            </PanelLink>
            {text && <p className="cb-quiet">{text}</p>}
          </li>
        ))}
      </ul>
      <More {...more} />
    </>
  );
}
