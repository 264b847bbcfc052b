import { useId, useLayoutEffect } from 'react';
import { usePreference } from '@/api/preferences';
import { useSession } from '@/api/session';
import { useUnsaved } from '@/api/settings';
import { PREFERENCES, type Preference } from '@/lib/preferences';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { say as ui } from '@/ui/messages';
import { say } from './messages';
import classes from './PreferencesPage.module.css';

/** How one wants the portal. Every choice holds at once; there is nothing to save. */
export function PreferencesPage() {
  const session = useSession();
  const unsaved = useUnsaved();
  return (
    <div className="cb-page">
      <PageHeading title={say.title} />
      <p className="cb-quiet">{session.data?.guest ? say.keptHere : say.kept}</p>
      <div role="status">
        {unsaved && (
          <Note tone="warn" title={say.unsaved}>
            <p>{say.unsavedWhy(unsaved)}</p>
          </Note>
        )}
      </div>
      <section className={`cb-card ${classes.section}`} aria-labelledby="looks">
        <h2 id="looks">{say.looks}</h2>
        <Choice name="theme" />
        <Choice name="contrast" />
        <Choice name="density" />
        <Choice name="motion" />
      </section>
      <section className={`cb-card ${classes.section}`} aria-labelledby="habits">
        <h2 id="habits">{say.habits}</h2>
        <Select name="language" words={say.language} hidden="en-XA" />
        <Select name="start" words={ui.page} />
        <Choice name="keys" />
      </section>
    </div>
  );
}

type Few = 'theme' | 'contrast' | 'density' | 'motion' | 'keys';

function Choice<N extends Few>({ name }: { name: N }) {
  const [chosen, choose] = usePreference(name);
  const words: { title: string; hint?: string } & Record<string, string> = say[name];
  const id = useId();
  return (
    <fieldset className={classes.choice} aria-describedby={words.hint ? id : undefined}>
      <legend>{words.title}</legend>
      <div className={classes.options}>
        {(PREFERENCES[name] as readonly Preference<N>[]).map((one) => (
          <label key={one} className={classes.option}>
            <input type="radio" name={`preference-${name}`} checked={chosen === one} onChange={() => choose(one)} />
            {words[one]}
          </label>
        ))}
      </div>
      {words.hint && (
        <p id={id} className="cb-quiet">
          {words.hint}
        </p>
      )}
    </fieldset>
  );
}

// Another language draws the page anew: the focus goes back to where it was chosen.
let hadFocus = '';

function useFocusAgain(id: string): void {
  useLayoutEffect(() => {
    const again = hadFocus === id ? setTimeout(() => document.getElementById(id)?.focus()) : undefined; // after the heading
    if (again) hadFocus = '';
    return () => {
      clearTimeout(again);
      if (document.activeElement?.id === id) hadFocus = id;
    };
  }, [id]);
}

type Many = 'language' | 'start';

interface SelectProps<N extends Many> {
  name: N;
  words: Readonly<Record<Preference<N>, string>>;
  /** Offered only to who has it. */
  hidden?: Preference<N>;
}

function Select<N extends Many>({ name, words, hidden }: SelectProps<N>) {
  const [chosen, choose] = usePreference(name);
  const id = `preference-${name}`;
  useFocusAgain(id);
  const all = PREFERENCES[name] as readonly Preference<N>[];
  return (
    <div className={classes.choice}>
      <label htmlFor={id} className={classes.label}>
        {say[name].title}
      </label>
      <select
        id={id}
        className={classes.select}
        aria-describedby={`${id}-hint`}
        value={chosen}
        onChange={(event) => {
          const one = all.find((option) => option === event.currentTarget.value);
          if (one) choose(one);
        }}
      >
        {all.map(
          (one) =>
            (one !== hidden || one === chosen) && (
              <option key={one} value={one}>
                {words[one]}
              </option>
            ),
        )}
      </select>
      <p id={`${id}-hint`} className="cb-quiet">
        {say[name].hint}
      </p>
    </div>
  );
}
