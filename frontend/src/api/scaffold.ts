import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiPath, get, request, withQuery } from '@/lib/client';
import { keys } from '@/lib/keys';
import type { EntityPage } from './types';

export interface TemplateForm {
  title: string;
  description?: string;
  presentation?: { buttonLabels?: { backButtonText?: string; createButtonText?: string; reviewButtonText?: string } };
  steps: { title: string; description?: string; schema: Record<string, unknown> }[];
}

export type TaskStatus = 'open' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'skipped';

export interface Task {
  id: string;
  status: TaskStatus;
  createdAt: string;
  lastHeartbeatAt?: string | null;
  createdBy?: string;
  spec: {
    steps: { id: string; name?: string; action: string }[];
    parameters?: Record<string, unknown>;
    templateInfo?: { entityRef?: string; entity?: { metadata?: { name?: string; title?: string; namespace?: string } } };
  };
}

export interface TaskOutput {
  links?: { title?: string; url?: string; entityRef?: string; icon?: string }[];
  text?: { title?: string; content?: string; default?: boolean }[];
  [key: string]: unknown;
}

export interface DryRun {
  log: { body: { message?: string; stepId?: string; status?: string } }[];
  directoryContents: { path: string; executable?: boolean; base64Content: string }[];
  output: TaskOutput;
  steps: { id: string; name?: string; action: string }[];
}

const BASE = '/api/scaffolder/v2';
const taskPath = (id: string, ...more: string[]) => apiPath('scaffolder', 'v2', 'tasks', id, ...more);

/** Every template that may be run. */
export function useTemplates() {
  const path = withQuery('/api/catalog/entities/by-query', {
    filter: 'kind=template',
    fields: 'kind,metadata,spec.type,spec.owner,relations',
    orderField: 'metadata.name,asc',
    limit: 500,
  });
  return useQuery({
    queryKey: [...keys.entities, path],
    queryFn: ({ signal }) => get<EntityPage>(path, signal),
    staleTime: 10_000,
  });
}

export function useTemplateForm(namespace: string, name: string) {
  return useQuery({
    queryKey: [...keys.tasks, 'form', namespace, name],
    queryFn: ({ signal }) =>
      get<TemplateForm>(apiPath('scaffolder', 'v2', 'templates', namespace, 'template', name, 'parameter-schema'), signal),
    staleTime: 5_000,
  });
}

export interface Filled {
  templateRef: string;
  values: Record<string, unknown>;
  secrets?: Record<string, string>;
}

export function useStartTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (filled: Filled) => request<{ id: string }>('POST', `${BASE}/tasks`, { body: filled }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tasks }),
  });
}

/** What a run would do: its files and its log. Nothing outside is changed. */
export function useDryRun() {
  return useMutation({ mutationFn: (filled: Filled) => request<DryRun>('POST', `${BASE}/dry-run`, { body: filled }) });
}

export const TASKS_PAGE = 25;
const BUSY_MS = 2_000;
const IDLE_MS = 15_000;

export function isOver(status: TaskStatus | undefined): boolean {
  return status !== undefined && status !== 'open' && status !== 'processing';
}

export function useTasks({ createdBy, status, page }: { createdBy?: string; status?: string; page: number }) {
  const path = withQuery(`${BASE}/tasks`, { createdBy, status, limit: TASKS_PAGE, offset: page * TASKS_PAGE });
  return useQuery({
    queryKey: [...keys.tasks, path],
    queryFn: ({ signal }) => get<{ tasks: Task[]; totalTasks: number }>(path, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.tasks.some((task) => !isOver(task.status)) ? BUSY_MS : false),
  });
}

/** The newest runs of a person, those that have not ended first; asked again while one runs, and now and then. */
export function useMyTasks(user: string | undefined, limit: number) {
  const path = withQuery(`${BASE}/tasks`, { createdBy: user, limit });
  return useQuery({
    queryKey: [...keys.tasks, path],
    enabled: user !== undefined,
    queryFn: ({ signal }) => get<{ tasks: Task[]; totalTasks: number }>(path, signal),
    select: ({ tasks, totalTasks }) => ({ tasks: [...tasks].sort((a, b) => Number(isOver(a.status)) - Number(isOver(b.status))), totalTasks }),
    refetchInterval: ({ state }) => (state.data?.tasks.some((task) => !isOver(task.status)) ? BUSY_MS : IDLE_MS),
  });
}

/** What people call the template of a run. */
export function templateTitle(task: Task): string {
  const meta = task.spec.templateInfo?.entity?.metadata;
  return meta?.title ?? meta?.name ?? task.spec.templateInfo?.entityRef ?? task.id;
}

export function useTask(id: string) {
  return useQuery({
    queryKey: [...keys.tasks, id],
    queryFn: ({ signal }) => get<Task>(taskPath(id), signal),
    refetchInterval: ({ state }) => (isOver(state.data?.status) ? false : BUSY_MS),
  });
}

export function useTaskAction(id: string, action: 'cancel' | 'retry') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<unknown>('POST', taskPath(id, action), { body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.tasks }),
  });
}

export function eventsPath(id: string, after?: number): string {
  return withQuery(taskPath(id, 'eventstream'), { after });
}
