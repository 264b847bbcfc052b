import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Icon } from './Icon';
import { PlainButton } from './PlainButton';
import classes from './Flyout.module.css';

export interface FlyoutProps {
  label: ReactNode;
  /** What is in it; CLOSE puts the focus back on the button. */
  children: (close: () => void) => ReactNode;
}

/**
 * A button with a panel below it, which a click beside it, Esc, or a focus that goes elsewhere closes. On a narrow screen the
 * panel is as wide as the nearest ancestor that is positioned.
 */
export function Flyout({ label, children }: FlyoutProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const beside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', beside);
    return () => document.removeEventListener('pointerdown', beside);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  return (
    <div
      ref={root}
      className={classes.root}
      onKeyDown={(event) => {
        if (!open || event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
      onBlur={(event) => {
        // What had it and is no more gives it to nobody: that is no leaving.
        if (event.relatedTarget instanceof Node && !root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <PlainButton ref={button} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        <span className={classes.label}>
          {label}
          <Icon name="open" size={13} />
        </span>
      </PlainButton>
      {open && (
        // A click on what takes no focus is to leave it in here.
        <div id={id} className={classes.panel} tabIndex={-1}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
