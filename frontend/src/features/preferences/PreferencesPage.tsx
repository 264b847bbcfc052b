import { useId, useLayoutEffect } from 'react';
import { usePreference } from '@/api/preferences';
import { useSession } from '@/api/session';
import { useUnsaved } from '@/api/settings';
import { PREFERENCES, type Preference, type PreferenceName } from '@/lib/preferences';
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
        <LanguageChoice />
        <StartChoice />
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
const LANGUAGE_ID = 'preference-language';
let hadFocus = false;

function LanguageChoice() {
  const [chosen, choose] = usePreference('language');
  useLayoutEffect(() => {
    const again = hadFocus ? setTimeout(() => document.getElementById(LANGUAGE_ID)?.focus()) : undefined; // after the heading
    hadFocus = false;
    return () => {
      clearTimeout(again);
      hadFocus = document.activeElement?.id === LANGUAGE_ID;
    };
  }, []);
  const offered = PREFERENCES.language.filter((one) => one !== 'en-XA' || chosen === one);
  return (
    <Select
      name="language"
      hint={say.language.hint}
      title={say.language.title}
      value={chosen}
      options={offered.map((one) => [one, say.language[one]])}
      onChoose={choose}
    />
  );
}

function StartChoice() {
  const [chosen, choose] = usePreference('start');
  return (
    <Select
      name="start"
      title={say.start.title}
      hint={say.start.hint}
      value={chosen}
      options={PREFERENCES.start.map((one) => [one, ui.page[one]])}
      onChoose={choose}
    />
  );
}

interface SelectProps<N extends PreferenceName> {
  name: N;
  title: string;
  hint: string;
  value: Preference<N>;
  options: (readonly [Preference<N>, string])[];
  onChoose: (one: Preference<N>) => void;
}

function Select<N extends PreferenceName>({ name, title, hint, value, options, onChoose }: SelectProps<N>) {
  const id = `preference-${name}`;
  return (
    <div className={classes.choice}>
      <label htmlFor={id} className={classes.label}>
        {title}
      </label>
      <select
        id={id}
        className={classes.select}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={(event) => {
          const one = options.find(([option]) => option === event.currentTarget.value)?.[0];
          if (one) onChoose(one);
        }}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="cb-quiet">
        {hint}
      </p>
    </div>
  );
}
