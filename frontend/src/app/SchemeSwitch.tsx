import { usePreference } from '@/api/preferences';
import type { Preference } from '@/lib/preferences';
import { Icon, type IconName } from '@/ui/Icon';
import { say } from './messages';
import classes from './SchemeSwitch.module.css';

const CHOICES: { value: Preference<'theme'>; icon: IconName }[] = [
  { value: 'light', icon: 'sun' },
  { value: 'auto', icon: 'screen' },
  { value: 'dark', icon: 'moon' },
];

/** Light, dark, or as the system has it. */
export function SchemeSwitch() {
  const [theme, setTheme] = usePreference('theme');
  return (
    <fieldset className={classes.group}>
      <legend className="cb-hidden">{say.colours}</legend>
      {CHOICES.map(({ value, icon }) => (
        <label key={value} className={classes.choice} title={say.scheme[value]}>
          <input
            type="radio"
            name="color-scheme"
            className="cb-hidden"
            checked={theme === value}
            onChange={() => setTheme(value)}
          />
          <span className="cb-hidden">{say.scheme[value]}</span>
          <Icon name={icon} size={15} />
        </label>
      ))}
    </fieldset>
  );
}
