import { expect, test } from 'vitest';
import { fit, NEAREST, pan, zoom } from './view';

const whole = { x: 0, y: 0, width: 200, height: 100 };

test('a map fits into its window, whatever its shape', () => {
  for (const aspect of [0.5, 1, 4]) {
    const view = fit(whole, aspect);
    expect(view.width / view.height).toBeCloseTo(aspect);
    expect(view.width).toBeGreaterThanOrEqual(200);
    expect(view.height).toBeGreaterThanOrEqual(100);
    expect(view.x + view.width / 2).toBeCloseTo(100);
  }
});

test('what is under the pointer stays there, and there is a nearest and a furthest', () => {
  const view = fit(whole, 2);
  const near = zoom(view, 0.5, { x: 0.25, y: 0.5 }, whole);
  expect(near.x + near.width * 0.25).toBeCloseTo(view.x + view.width * 0.25);
  let v = view;
  for (let i = 0; i < 30; i++) v = zoom(v, 0.5, { x: 0.5, y: 0.5 }, whole);
  expect(v.width).toBe(NEAREST);
  for (let i = 0; i < 30; i++) v = zoom(v, 2, { x: 0.5, y: 0.5 }, whole);
  expect(v.width).toBeCloseTo(view.width);
});

test('nobody is moved off the map', () => {
  let v = zoom(fit(whole, 2), 0.3, { x: 0.5, y: 0.5 }, whole);
  for (let i = 0; i < 50; i++) v = pan(v, -0.5, -0.5, whole);
  expect(v.x + v.width / 2).toBeCloseTo(0);
});
