import { usePreference } from '@/api/preferences';
import type { Preference } from '@/lib/preferences';
import { Icon, type IconName } from '@/ui/Icon';
import classes from './SchemeSwitch.module.css';

const CHOICES: { value: Preference<'theme'>; label: string; icon: IconName }[] = [
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'auto', label: 'As the system', icon: 'screen' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
];

/** Light, dark, or as the system has it. */
export function SchemeSwitch() {
  const [theme, setTheme] = usePreference('theme');
  return (
    <fieldset className={classes.group}>
      <legend className="cb-hidden">Colours</legend>
      {CHOICES.map(({ value, label, icon }) => (
        <label key={value} className={classes.choice} title={label}>
          <input
            type="radio"
            name="color-scheme"
            className="cb-hidden"
            checked={theme === value}
            onChange={() => setTheme(value)}
          />
          <span className="cb-hidden">{label}</span>
          <Icon name={icon} size={15} />
        </label>
      ))}
    </fieldset>
  );
}
