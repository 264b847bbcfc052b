import '@/ui/choices.css';
import { Button, Select, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTemplates } from '@/api/scaffold';
import type { Entity } from '@/api/types';
import { formatRef, refOf } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './GalleryPage.module.css';

export interface GallerySearch {
  q?: string;
  type?: string;
}

const isRecommended = ({ metadata }: Entity) => metadata.tags?.includes('recommended') ?? false;
const typeOf = ({ spec }: Entity) => (typeof spec?.type === 'string' ? spec.type : '');
const ownerOf = ({ relations }: Entity) => relations?.find(({ type }) => type === 'ownedBy')?.targetRef;
const titleOf = ({ metadata }: Entity) => metadata.title ?? metadata.name;

/** Every template that may be run, those that are recommended first. */
export function GalleryPage() {
  const { q = '', type } = useSearch({ from: '/create' });
  const navigate = useNavigate();
  const templates = useTemplates();
  const all = templates.data?.items ?? [];
  const types = [...new Set(all.map(typeOf))].filter((one) => one !== '').sort();
  const words = q.toLowerCase().split(/\s+/);
  const fits = (template: Entity) => {
    const { metadata } = template;
    const text = [metadata.name, metadata.title, metadata.description, ...(metadata.tags ?? [])].join(' ').toLowerCase();
    return (!type || typeOf(template) === type) && words.every((word) => text.includes(word));
  };
  const shown = all.filter(fits).sort((a, b) => Number(isRecommended(b)) - Number(isRecommended(a)));
  const go = (change: GallerySearch) => void navigate({ to: '/create', search: { q: q || undefined, type, ...change }, replace: true });

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={say.gallery.title} />
        <p className="cb-quiet" role="status">
          {templates.isSuccess && say.gallery.count(shown.length)}
        </p>
        <Link to="/create/tasks">{say.gallery.tasks}</Link>
      </div>
      {templates.isPending && <Skeleton rows={6} label={say.gallery.loading} />}
      <Trouble of={templates} />
      {templates.isSuccess && all.length === 0 && <Empty title={say.gallery.none}>{say.gallery.noneHint}</Empty>}
      {all.length > 0 && (
        <div className={classes.tools}>
          <TextInput
            aria-label={say.gallery.find}
            placeholder={say.gallery.find}
            defaultValue={q}
            maxLength={100}
            onChange={(event) => go({ q: event.currentTarget.value.trim() || undefined })}
          />
          <Select
            aria-label={say.gallery.type}
            data={[{ value: '', label: say.gallery.allTypes }, ...types.map((value) => ({ value, label: value }))]}
            value={type ?? ''}
            allowDeselect={false}
            onChange={(value) => go({ type: value || undefined })}
          />
        </div>
      )}
      {all.length > 0 && shown.length === 0 && (
        <Empty title={say.gallery.noMatch}>
          <Button variant="default" size="sm" onClick={() => go({ q: undefined, type: undefined })}>
            {say.gallery.clear}
          </Button>
        </Empty>
      )}
      <ul className={classes.cards}>
        {shown.map((template) => (
          <Card key={formatRef(refOf(template))} template={template} />
        ))}
      </ul>
    </div>
  );
}

function Card({ template }: { template: Entity }) {
  const { metadata } = template;
  const owner = ownerOf(template);
  return (
    <li className={classes.card}>
      <p className={classes.kind}>
        <span className="cb-line">{typeOf(template) || say.gallery.template}</span>
        {isRecommended(template) && <Pill tone="good">{say.gallery.recommended}</Pill>}
      </p>
      <h2 className={classes.title}>{titleOf(template)}</h2>
      <p className={classes.about}>{metadata.description}</p>
      <ul className={classes.tags}>
        {(metadata.tags ?? [])
          .filter((tag) => tag !== 'recommended')
          .slice(0, 8)
          .map((tag) => (
            <li key={tag}>
              <Pill>{tag}</Pill>
            </li>
          ))}
      </ul>
      <div className={classes.foot}>
        {owner ? <EntityLink to={owner} context={{ kind: 'group' }} icon /> : <span />}
        <Button
          renderRoot={(props) => (
            <Link
              to="/create/templates/$namespace/$name"
              params={{ namespace: metadata.namespace ?? 'default', name: metadata.name }}
              {...props}
            />
          )}
          size="compact-md"
        >
          {say.gallery.choose}
          <span className="cb-hidden"> {titleOf(template)}</span>
        </Button>
      </div>
    </li>
  );
}
