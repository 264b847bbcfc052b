import { say } from './messages';

/** A list with nothing in it: that is an answer as well. */
export function NoItems() {
  return <p className="cb-quiet">{say.noItems}</p>;
}
