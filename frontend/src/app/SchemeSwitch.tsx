import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Icon, type IconName } from '@/ui/Icon';
import classes from './SchemeSwitch.module.css';

const CHOICES: { value: MantineColorScheme; label: string; icon: IconName }[] = [
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'auto', label: 'As the system', icon: 'screen' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
];

/** Light, dark, or as the system has it; remembered in this browser. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <fieldset className={classes.group}>
      <legend className="cb-hidden">Colours</legend>
      {CHOICES.map(({ value, label, icon }) => (
        <label key={value} className={classes.choice} title={label}>
          <input
            type="radio"
            name="color-scheme"
            className="cb-hidden"
            checked={colorScheme === value}
            onChange={() => setColorScheme(value)}
          />
          <span className="cb-hidden">{label}</span>
          <Icon name={icon} size={15} />
        </label>
      ))}
    </fieldset>
  );
}
