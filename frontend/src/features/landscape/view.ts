// The part of the map that is on the screen: a rectangle in the map's own units.

export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How near one may come: so many units across. */
export const NEAREST = 24;

export function fit(whole: View, aspect: number): View {
  const pad = 2;
  const [w, h] = [whole.width + 2 * pad, whole.height + 2 * pad];
  const width = Math.max(w, h * aspect, NEAREST);
  const height = width / aspect;
  return { x: whole.x - pad - (width - w) / 2, y: whole.y - pad - (height - h) / 2, width, height };
}

/** Nearer (FACTOR below 1) or further, the point AT (0 to 1 of the view) staying where it is; never further than WHOLE. */
export function zoom(view: View, factor: number, at: { x: number; y: number }, whole: View): View {
  const most = fit(whole, view.width / view.height).width;
  const width = Math.min(Math.max(view.width * factor, NEAREST), most);
  const height = (width * view.height) / view.width;
  return within({ x: view.x + (view.width - width) * at.x, y: view.y + (view.height - height) * at.y, width, height }, whole);
}

/** Moved by parts of the view. */
export function pan(view: View, dx: number, dy: number, whole: View): View {
  return within({ ...view, x: view.x + dx * view.width, y: view.y + dy * view.height }, whole);
}

// The middle of the view stays on the map, so that nobody is lost beside it.
function within(view: View, whole: View): View {
  const clamp = (value: number, from: number, to: number) => Math.min(Math.max(value, from), to);
  return {
    ...view,
    x: clamp(view.x + view.width / 2, whole.x, whole.x + whole.width) - view.width / 2,
    y: clamp(view.y + view.height / 2, whole.y, whole.y + whole.height) - view.height / 2,
  };
}
