import type { ComponentPropsWithRef } from 'react';
import classes from './PlainButton.module.css';

/** A button for what every page loads first; elsewhere Mantine's Button has more to give. */
export function PlainButton(props: ComponentPropsWithRef<'button'>) {
  return <button type="button" className={classes.button} {...props} />;
}
