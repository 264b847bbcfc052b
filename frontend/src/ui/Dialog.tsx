import { ActionIcon } from '@mantine/core';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Icon } from './Icon';
import classes from './Dialog.module.css';
import { say } from './messages';

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The title is for readers alone, and what is in it fills the window. */
  bare?: boolean;
}

/** A window above the page. The browser keeps the focus in it, from `data-first` on, and gives it back afterwards. */
export function Dialog({ title, onClose, children, bare }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      className={bare ? classes.bare : classes.dialog}
      aria-labelledby={id}
      onClick={(event) => {
        if (bare && event.target === dialog.current) onClose(); // beside it
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {bare ? (
        <h2 id={id} className="cb-hidden">
          {title}
        </h2>
      ) : (
        <header className={classes.head}>
          <h2 id={id}>{title}</h2>
          <ActionIcon variant="subtle" color="gray" aria-label={say.close} onClick={onClose}>
            <Icon name="close" />
          </ActionIcon>
        </header>
      )}
      {children}
    </dialog>
  );
}
