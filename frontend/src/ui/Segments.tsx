import classes from './Segments.module.css';

export interface SegmentsProps<T extends string> {
  /** What is chosen here, for readers. */
  label: string;
  name: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChoose: (one: T) => void;
}

/** One of a few, side by side in one frame. */
export function Segments<T extends string>({ label, name, value, options, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset className={classes.group}>
      <legend className="cb-hidden">{label}</legend>
      {options.map(([one, words]) => (
        <label key={one} className={classes.choice}>
          <input type="radio" name={name} className="cb-hidden" checked={value === one} onChange={() => onChoose(one)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
