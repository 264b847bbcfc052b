// The stub's templates and their runs: one of each state, the first of them with a whole log. Nothing is ever created.

export const RUN = '0a1b2c3d-0000-4000-8000-000000000000';
const STATES = ['completed', 'failed', 'cancelled'];
const STEPS = [{ id: 'fetch', name: 'Fetch the skeleton', action: 'fetch:template' }, { id: 'register', name: 'Register it', action: 'catalog:register' }];
const ago = (s) => new Date(Date.now() - s * 1000).toISOString();

export function tasks() {
  return STATES.map((status, i) => ({
    id: `${RUN.slice(0, -1)}${i}`, status, createdAt: ago(600 * (i + 1)), createdBy: 'user:default/ana.almeida',
    spec: { steps: STEPS, parameters: { name: `tea-${i}` }, templateInfo: { entityRef: 'template:default/go-service', entity: { metadata: { name: 'go-service', title: 'Go service' } } } },
  }));
}

// [status, body], or undefined where the stub has no such thing.
export function scaffolder(state, method, path, query) {
  if (path[2] === 'templates' && path.at(-1) === 'parameter-schema') {
    const found = state.byRef.get(`template:${path[3]}/${path[5]}`);
    if (!found) return [404, { error: { name: 'NotFoundError', message: `there is no template ${path[5]}` } }];
    return [200, { title: found.metadata.title, steps: found.spec.parameters.map(({ title, ...schema }) => ({ title, schema })) }];
  }
  if (path[2] !== 'tasks' || method !== 'GET') return undefined;
  if (path.length === 3) {
    const is = (one, key) => !query.get(key) || one[key] === query.get(key);
    const wanted = state.tasks.filter((one) => is(one, 'status') && is(one, 'createdBy'));
    return [200, { tasks: wanted, totalTasks: wanted.length }];
  }
  const task = state.tasks.find(({ id }) => id === path[3]);
  return task ? [200, task] : [404, { error: { name: 'NotFoundError', message: `there is no run ${path[3]}` } }];
}

// The whole log of a run, as server-sent events: it is over.
export function events(task, after) {
  const at = task.createdAt;
  const all = [
    ...STEPS.flatMap(({ id, name }) => [['processing', `Beginning step ${name}`], ['completed', `Finished step ${name}`]].map(([status, message]) => ({ type: 'log', body: { stepId: id, status, message } }))),
    { type: 'completion', body: { message: 'Run completed', output: { links: [{ title: 'Open in the catalog', entityRef: 'component:default/payment-service' }] } } },
  ].map((one, i) => ({ id: i + 1, createdAt: at, ...one }));
  return all.filter(({ id }) => id > after).map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('');
}
