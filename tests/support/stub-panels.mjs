// The stub's plugins: one that draws everything, one that a stranger wrote, one that no callboard lets through, and the faces.
import { gallery, lawless, strange } from './panels.mjs';

const PLUGINS = { gallery: gallery(), strange: strange(), lawless: lawless(), faces: { absent: null, failed: null, old: gallery().status, plain: gallery().keyvalues } };
const REFS = { 'component:default/payment-service': ['gallery'], 'component:default/hostile': ['strange', 'lawless'], 'component:default/notification-service': ['faces'] };
const ACTIONS = [
  { action: 'restart', title: 'Restart', confirm: 'Restart payment-service in us-east?', right: 'editor', input: { region: 'us-east' }, schema: { type: 'object', required: ['region'], properties: { region: { type: 'string' } } } },
  { action: 'scale', title: 'Scale', right: 'editor', input: {}, schema: { type: 'object', required: ['pods'], properties: { pods: { type: 'integer', title: 'Pods' }, why: { type: 'string', title: 'Why', description: 'For the record', maxLength: 400 } } } },
  { action: 'look', title: 'Look closely', right: 'reader', input: {}, schema: null },
  { action: 'drop', title: 'Drop', right: 'admin', confirm: 'Drop it?', input: {}, schema: null },
];
const RANK = { reader: 0, editor: 1, admin: 2 };

export function panelList(state, ref) {
  const own = REFS[ref] ?? [];
  const panels = Object.entries(PLUGINS).filter(([plugin]) => own.includes(plugin) || plugin === 'gallery').flatMap(([plugin, answers]) =>
    Object.keys(answers).map(panel => ({ ...entry(ref, plugin, panel), applies: own.includes(plugin), help: own.includes(plugin) ? undefined : `Set the annotation example.com/${panel}.` })));
  return { ref, panels, problems: [{ plugin: 'nobody', state: 'refused', message: 'there is no file /usr/lib/callboard/plugins/nobody.so', since: null, nextTry: null }].slice(own.length ? 0 : 1) };
}

function entry(ref, plugin, panel) {
  const title = { oncall: 'On call', keyvalues: 'Facts', gallery: 'Gallery' }[panel] ?? panel[0].toUpperCase() + panel.slice(1);
  return { plugin, panel, title, annotations: [`example.com/${panel}`], state: 'ready', ttlSeconds: 60, actions: [], href: `/api/panels/${ref.replace(':', '/')}/${plugin}/${panel}` };
}

// [status, body]
export function panelAnswer(state, ref, plugin, panel) {
  const data = PLUGINS[plugin]?.[panel];
  if (data === undefined) return [404, { error: { name: 'NotFoundError', message: `there is no panel ${plugin}/${panel}` } }];
  const at = new Date().toISOString();
  const base = { ...entry(ref, plugin, panel), ref, state: 'ok', data, fetchedAt: at, ageSeconds: 0, stale: false, staleReason: null, source: data?.source ?? null, links: data?.links ?? [], actions: actionsOf(state, ref, plugin, panel), simulated: !!data?.source?.simulated, error: null };
  if (panel === 'absent') return [200, { ...base, state: 'absent', data: null, help: 'Set the annotation example.com/absent to something.' }];
  if (panel === 'failed') return [502, { ...base, state: 'error', data: null, fetchedAt: null, ageSeconds: null, error: { name: 'PluginError', message: 'the upstream at watch.example.com says 500', code: 'upstream', since: new Date(Date.now() - 90_000).toISOString(), nextTry: new Date(Date.now() + 30_000).toISOString() } }];
  if (panel === 'old') return [200, { ...base, stale: true, fetchedAt: new Date(Date.now() - 3 * 3600e3).toISOString(), ageSeconds: 10_800, staleReason: 'the upstream at watch.example.com did not answer within 5 s' }];
  return [200, base];
}

function actionsOf(state, ref, plugin, panel) {
  if (plugin !== 'gallery' || panel !== 'status') return [];
  const role = Math.max(...state.session.roles.map(one => RANK[one]));
  return ACTIONS.map(action => ({ ...action, allowed: role >= RANK[action.right], href: `/api/panels/${ref.replace(':', '/')}/${plugin}/${panel}/actions/${action.action}` }));
}

export function runAction(name, input) {
  if (name === 'scale' && input.pods > 10) return [400, { error: { name: 'InputError', message: 'request/body/input/pods must be at most 10' } }];
  return [200, { action: name, result: 'ok', message: `${name} with ${JSON.stringify(input)}`, url: name === 'restart' ? 'https://ci.example.com/runs/413' : undefined }];
}

export function plugins() {
  const calls = (total, failed, meanMs) => ({ total, failed, waiting: 0, running: failed ? 1 : 0, meanMs, byCode: failed ? { ok: total - failed, timeout: failed } : { ok: total } });
  const ago = s => new Date(Date.now() - s * 1000).toISOString();
  const panels = (plugin) => Object.keys(PLUGINS[plugin]).map(panel => ({ name: panel, title: entry('a:b/c', plugin, panel).title, annotations: [`example.com/${panel}`], kinds: [], help: `Set the annotation example.com/${panel}.` }));
  const base = { configured: true, restarts: 0, reloads: 0, logLinesDropped: 0 };
  return [
    { ...base, name: 'faces', state: 'failing', message: 'it crashed (Segmentation fault)', since: ago(40), nextTry: ago(-4), file: '/usr/lib/callboard/plugins/faces.so', version: '0.9.0', summary: 'Every face a panel has', abi: '1.0', panels: panels('faces'), panelActions: [], actions: [], sources: [], routes: [], restarts: 3, calls: calls(412, 31, 84.2), lastError: { message: 'faces/failed: the upstream at watch.example.com says 500', at: ago(45) } },
    { ...base, name: 'gallery', state: 'ready', since: ago(7_200), nextTry: null, file: '/usr/lib/callboard/plugins/gallery.so', version: '1.2.0', summary: 'One panel of each type', abi: '1.0', panels: panels('gallery'), panelActions: ACTIONS.map(a => ({ name: a.action, panel: 'status', title: a.title, right: a.right })), actions: [{ name: 'gallery:paint', summary: 'Paints' }], sources: [{ name: 'frames', summary: 'What hangs on the wall', intervalSeconds: 300 }], routes: [{ name: 'hook', method: 'POST', right: 'open', summary: 'Takes a webhook' }], pid: 4711, startedAt: ago(7_200), residentBytes: 9_400_320, reloads: 1, calls: calls(10_412, 0, 1.8) },
    { ...base, name: 'nobody', state: 'refused', message: '/etc/callboard/callboard.yaml:31:12: plugins/nobody/token must be string', since: ago(7_200), nextTry: null, file: '/usr/lib/callboard/plugins/nobody.so', calls: calls(0, 0, 0) },
    { ...base, name: 'zzz-a-plugin-whose-name-is-exactly-sixty-three-characters-long-x', configured: false, state: 'disabled', since: ago(7_200), nextTry: null, file: '', calls: calls(0, 0, 0) },
  ];
}
