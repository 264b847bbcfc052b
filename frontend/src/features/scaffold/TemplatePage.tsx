import { Button } from '@mantine/core';
// The package's index leads to a validator that needs eval.
import Form from '@rjsf/core/lib/components/Form.js';
import { Link, useBlocker, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, lazy, Suspense } from 'react';
import { useDryRun, useStartTask, useTemplateForm, type TemplateForm } from '@/api/scaffold';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { DryRunResult } from './DryRunResult';
import formClasses from './Form.module.css';
import { say } from './messages';
import { preparePage, reviewOf, withoutSecrets, type Page } from './prepare';
import { problemsOf, validator } from './schema';
import { templates } from './Templates';
import classes from './TemplatePage.module.css';
import { widgets } from './Widgets';

const Markdown = lazy(() => import('@/ui/Markdown').then((m) => ({ default: m.Markdown })));

export interface TemplateSearch {
  /** Page of the form, counted from 1; one more than there are is the review. */
  step?: number;
  /** Values to begin with, as Backstage's links have them. */
  formData?: string;
}

/** A template's form, page by page, a look at all of it, and the run. */
export function TemplatePage() {
  const { namespace, name } = useParams({ from: '/create/templates/$namespace/$name' });
  const form = useTemplateForm(namespace, name);
  if (form.isPending) {
    return (
      <div className="cb-page">
        <PageHeading title={name} />
        <Skeleton rows={8} label={say.form.loading} />
      </div>
    );
  }
  // What was filled in stays where it stands: an answer that is not renewed is good enough to go on with.
  if (form.isError && !form.data) {
    return (
      <div className="cb-page">
        <PageHeading title={name} />
        <Problem of={form.error} onRetry={form.refetch} />
        <Link to="/create">{say.gallery.title}</Link>
      </div>
    );
  }
  return <Wizard key={`${namespace}/${name}`} namespace={namespace} name={name} form={form.data} />;
}

type Values = Record<string, unknown>;

function read(text: string | null | undefined): Values {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
  } catch {
    return {};
  }
}

function stored(key: string): Values {
  try {
    return read(sessionStorage.getItem(key));
  } catch {
    return {};
  }
}

function Wizard({ namespace, name, form }: { namespace: string; name: string; form: TemplateForm }) {
  const search = useSearch({ from: '/create/templates/$namespace/$name' });
  const navigate = useNavigate();
  const pages = useMemo(() => form.steps.map(preparePage), [form]);
  const draft = `callboard-form-${namespace}/${name}`;
  const [values, setValues] = useState<Values>(() => ({ ...read(search.formData), ...stored(draft) }));
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const [touched, setTouched] = useState(false);
  const start = useStartTask();
  const dry = useDryRun();
  const filled = { templateRef: `template:${namespace}/${name}`, values, secrets };
  const at = Math.min(Math.max((search.step ?? 1) - 1, 0), pages.length);
  const go = (step: number) =>
    void navigate({
      to: '/create/templates/$namespace/$name',
      params: { namespace, name },
      search: (before) => ({ ...before, step: step > 0 ? step + 1 : undefined }),
    });

  useEffect(() => {
    if (!touched) return;
    try {
      sessionStorage.setItem(draft, JSON.stringify(withoutSecrets(pages, values)));
    } catch {
      /* storage is off or full: a reload forgets */
    }
  }, [draft, pages, values, touched]);

  const leaving = useRef(false);
  useBlocker({
    shouldBlockFn: ({ current, next }) => touched && !leaving.current && current.pathname !== next.pathname && !confirm(say.form.leave),
    enableBeforeUnload: () => touched && !leaving.current,
  });

  const run = () =>
    start.mutate(filled, {
      onSuccess: ({ id }) => {
        leaving.current = true;
        try {
          sessionStorage.removeItem(draft);
        } catch {
          /* there was none */
        }
        void navigate({ to: '/create/tasks/$id', params: { id } });
      },
    });

  const labels = form.presentation?.buttonLabels;
  const page = pages[at];
  return (
    <div className="cb-page">
      <PageHeading title={form.title} />
      {form.description && (
        <div className={classes.about}>
          <Suspense fallback={form.description}>
            <Markdown text={form.description} />
          </Suspense>
        </div>
      )}
      <ol className={classes.steps} aria-label={say.form.steps}>
        {[...pages.map(({ title }) => title), labels?.reviewButtonText ?? say.form.review].map((title, i) => (
          <li key={i} aria-current={i === at ? 'step' : undefined} data-done={i < at}>
            {i < at ? (
              <button type="button" onClick={() => go(i)}>
                {title}
              </button>
            ) : (
              title
            )}
          </li>
        ))}
      </ol>
      <div className={`cb-card ${classes.card}`}>
        {page ? (
          <FormPage
            key={at}
            page={page}
            values={values}
            secrets={secrets}
            onChange={(next) => {
              setTouched(true);
              setValues(next);
            }}
            onSecret={(key, value) => setSecrets((before) => ({ ...before, [key]: value }))}
            onBack={at > 0 ? () => go(at - 1) : undefined}
            onNext={() => go(at + 1)}
            labels={{
              back: labels?.backButtonText ?? say.form.back,
              next: at + 1 < pages.length ? say.form.next : (labels?.reviewButtonText ?? say.form.review),
            }}
          />
        ) : (
          <>
            <h2 className={classes.title}>{say.form.runs}</h2>
            <Review pages={pages} values={values} />
            {start.isError && (
              <Note tone="bad" title={say.form.refused}>
                <p role="alert">{start.error.message}</p>
              </Note>
            )}
            <div className={classes.buttons}>
              {pages.length > 0 && (
                <Button variant="default" onClick={() => go(pages.length - 1)}>
                  {labels?.backButtonText ?? say.form.back}
                </Button>
              )}
              <span className={classes.gap} />
              <Button variant="default" loading={dry.isPending} onClick={() => dry.mutate(filled)}>
                {say.form.dryRun}
              </Button>
              <Button loading={start.isPending} onClick={run}>
                {labels?.createButtonText ?? say.form.create}
              </Button>
            </div>
          </>
        )}
      </div>
      {!page && dry.isPending && <Skeleton rows={6} label={say.form.dryRunning} />}
      {!page && dry.isError && <Problem of={dry.error} onRetry={() => dry.mutate(filled)} />}
      {!page && dry.data && <DryRunResult result={dry.data} />}
    </div>
  );
}

interface FormPageProps {
  page: Page;
  values: Values;
  secrets: Record<string, string>;
  onChange: (values: Values) => void;
  onSecret: (name: string, value: string) => void;
  onBack?: () => void;
  onNext: () => void;
  labels: { back: string; next: string };
}

function FormPage({ page, values, secrets, onChange, onSecret, onBack, onNext, labels }: FormPageProps) {
  const [wrong, setWrong] = useState(0);
  return (
    <>
      <h2 className={classes.title}>{page.title}</h2>
      {page.description && <p className={classes.about}>{page.description}</p>}
      {page.unknown.length > 0 && <Note tone="warn" title={say.form.unknown(page.unknown)} />}
      <Form
        className={formClasses.form}
        schema={page.schema}
        uiSchema={page.ui}
        formData={values}
        validator={validator}
        widgets={widgets}
        templates={templates}
        formContext={{ secrets, onSecret }}
        showErrorList={false}
        noHtml5Validate
        focusOnFirstError
        idPrefix="field"
        onChange={({ formData }) => onChange((formData ?? {}) as Values)}
        onError={(errors) => setWrong(errors.length)}
        onSubmit={({ formData }) => {
          onChange((formData ?? {}) as Values);
          const problems = problemsOf(page.schema, formData);
          setWrong(problems.length);
          if (problems.length === 0) onNext();
        }}
      >
        <p role="alert" className={formClasses.error}>
          {wrong > 0 && say.form.wrong(wrong)}
        </p>
        <div className={classes.buttons}>
          {onBack && (
            <Button variant="default" onClick={onBack}>
              {labels.back}
            </Button>
          )}
          <span className={classes.gap} />
          <Button type="submit">{labels.next}</Button>
        </div>
      </Form>
    </>
  );
}

function Review({ pages, values }: { pages: Page[]; values: Values }) {
  const rows = pages.map((page) => ({ page, rows: reviewOf(page, values) })).filter(({ rows: list }) => list.length > 0);
  if (rows.length === 0) return <p className="cb-quiet">{say.form.nothing}</p>;
  return (
    <>
      {rows.map(({ page, rows: list }, i) => (
        <section key={i} aria-label={page.title}>
          <h3 className={classes.part}>{page.title}</h3>
          <dl className={classes.review}>
            {list.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
