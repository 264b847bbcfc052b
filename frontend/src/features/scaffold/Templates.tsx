import { Button } from '@mantine/core';
import type {
  DescriptionFieldProps,
  FieldErrorProps,
  FieldHelpProps,
  FieldTemplateProps,
  IconButtonProps,
  ArrayFieldItemTemplateProps,
} from '@rjsf/utils';
import { errorId, helpId } from '@rjsf/utils';
import { lazy, Suspense, useEffect } from 'react';
import classes from './Form.module.css';
import { say } from './messages';

const Markdown = lazy(() => import('@/ui/Markdown').then((m) => ({ default: m.Markdown })));

/** A label, what it is for, the input, what is wrong with it. */
function Field(props: FieldTemplateProps) {
  const { id, label, required, hidden, displayLabel, description, errors, help, children, rawErrors, schema } = props;
  // Mantine's inputs write down only what describes them by themselves.
  useEffect(() => {
    const input = document.getElementById(id);
    if (input && !input.hasAttribute('aria-describedby')) {
      input.setAttribute('aria-describedby', `${id}__error ${id}__description ${id}__help`);
    }
  });
  if (hidden) return <div hidden>{children}</div>;
  const isBox = schema.type === 'boolean' && (props.uiSchema?.['ui:widget'] ?? 'checkbox') === 'checkbox';
  return (
    <div className={classes.field} data-wrong={(rawErrors?.length ?? 0) > 0}>
      {displayLabel && !isBox && (
        <label className={classes.label} htmlFor={id}>
          {label} {!required && <span className={classes.optional}>{say.form.optional}</span>}
        </label>
      )}
      {displayLabel && description}
      {children}
      {errors}
      {help}
    </div>
  );
}

function Description({ id, description }: DescriptionFieldProps) {
  if (!description) return null;
  return (
    <div id={id} className={classes.about}>
      {typeof description === 'string' ? (
        <Suspense fallback={description}>
          <Markdown text={description} />
        </Suspense>
      ) : (
        description
      )}
    </div>
  );
}

function Errors({ errors = [], fieldPathId }: FieldErrorProps) {
  if (errors.length === 0) return null;
  return (
    <div id={errorId(fieldPathId)} className={classes.error}>
      {[...new Set(errors.map(String))].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

function Help({ help, fieldPathId }: FieldHelpProps) {
  if (!help) return null;
  return (
    <p id={helpId(fieldPathId)} className={classes.about}>
      {help}
    </p>
  );
}

function Item({ children, buttonsProps, hasToolbar, registry, uiSchema }: ArrayFieldItemTemplateProps) {
  const Buttons = registry.templates.ArrayFieldItemButtonsTemplate;
  return (
    <div className={classes.item}>
      <div>{children}</div>
      {hasToolbar && (
        <div>
          <Buttons {...buttonsProps} registry={registry} uiSchema={uiSchema} />
        </div>
      )}
    </div>
  );
}

const small = (name: 'add' | 'remove' | 'up' | 'down' | 'copy') =>
  function Small({ onClick, disabled, id }: IconButtonProps) {
    return (
      <Button id={id} variant="default" size="compact-sm" mr={4} disabled={disabled} onClick={onClick as never}>
        {say.form[name]}
      </Button>
    );
  };

export const templates = {
  FieldTemplate: Field,
  DescriptionFieldTemplate: Description,
  FieldErrorTemplate: Errors,
  FieldHelpTemplate: Help,
  ArrayFieldItemTemplate: Item,
  ButtonTemplates: {
    AddButton: small('add'),
    RemoveButton: small('remove'),
    MoveUpButton: small('up'),
    MoveDownButton: small('down'),
    CopyButton: small('copy'),
    SubmitButton: () => null,
  },
};
