import { useId } from 'react';
import classes from './Choice.module.css';

export interface ChoiceProps<T extends string | number> {
  label: string;
  values: readonly { value: T; label: string }[];
  chosen: T;
  onChoose: (value: T) => void;
}

/** One of a few, side by side. */
export function Choice<T extends string | number>({ label, values, chosen, onChoose }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={classes.choice}>
      <legend>{label}</legend>
      {values.map((one) => (
        <label key={one.value}>
          <input type="radio" name={name} checked={chosen === one.value} onChange={() => onChoose(one.value)} />
          {one.label}
        </label>
      ))}
    </fieldset>
  );
}
