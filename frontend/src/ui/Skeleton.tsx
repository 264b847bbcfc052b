import classes from './Skeleton.module.css';

/** The waiting face of a view: lines where text will be. */
export function Skeleton({ rows = 3, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div className={classes.root} role="status">
      <span className="cb-hidden">{label}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={classes.line} />
      ))}
    </div>
  );
}
