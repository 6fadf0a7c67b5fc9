import type { FieldProblem } from '@node3/shared/error';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { type Sentence, sayField, useErrorWords } from '../i18n/use-error-words.ts';

/** The server's own words are marked, so that they are read out in their language. */
export function Said({ text, isForeign }: Sentence) {
  return isForeign ? <span lang="en">{text}</span> : text;
}

/** What one field of a request broke. */
export function FieldWords({ problem }: { problem: FieldProblem }) {
  const { t, i18n } = useTranslation();
  return <Said {...sayField(t, problem, i18n.language !== 'en')} />;
}

/**
 * An error in one line, for notices and fields: what the server says of the case, and before words of
 * another language what its code and its fields mean.
 */
export function ErrorWords({ error }: { error: unknown }) {
  const { title, details, facts } = useErrorWords()(error);
  const isReadable = details.length > 0 && details.every(({ isForeign }) => !isForeign);
  const [first, ...rest] = details;
  if (isReadable && rest.length === 0 && first !== undefined) return <Said {...first} />;
  return (
    <>
      {[title, ...facts].join('. ')}
      {details.map((detail) => (
        <Fragment key={detail.text}>
          {'. '}
          <Said {...detail} />
        </Fragment>
      ))}
    </>
  );
}
