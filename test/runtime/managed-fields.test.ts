import { describe, expect, test } from 'vitest';
import { parseWithoutManagedFields } from '../../src/runtime/managed-fields.ts';

const ENTRY = {
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': { 'f:replicas': {} } },
  manager: 'kubectl',
  operation: 'Update',
};

function objectWith(managedFields: unknown, more: object = {}): object {
  return { metadata: { labels: { app: 'web' }, managedFields, name: 'web', ...more }, spec: { list: [{ a: [{}] }] } };
}

function read(value: object): unknown {
  return parseWithoutManagedFields(JSON.stringify(value));
}

describe('managedFields are left out', () => {
  const without = { metadata: { labels: { app: 'web' }, name: 'web' }, spec: { list: [{ a: [{}] }] } };

  test('in the middle of the metadata', () => {
    expect(read(objectWith([ENTRY, ENTRY]))).toEqual(without);
  });

  test('at its end', () => {
    const { metadata, spec } = without;
    expect(read({ metadata: { ...metadata, managedFields: [ENTRY] }, spec })).toEqual(without);
  });

  test('of an event, and of every item of a list', () => {
    expect(read({ type: 'MODIFIED', object: objectWith([ENTRY]) })).toEqual({ type: 'MODIFIED', object: without });
    expect(read({ items: [objectWith([ENTRY]), objectWith([ENTRY])], metadata: {} })).toEqual({
      items: [without, without],
      metadata: {},
    });
  });

  test('where a text only speaks of them', () => {
    const annotations = { copy: JSON.stringify(objectWith([ENTRY])) };
    const { metadata, ...others } = without;
    expect(read(objectWith([ENTRY], { annotations }))).toEqual({ metadata: { ...metadata, annotations }, ...others });
  });
});

describe('all is read', () => {
  test.each<{ name: string; value: object }>([
    { name: 'where there are none', value: { metadata: { name: 'web' } } },
    { name: 'where they are empty', value: objectWith([]) },
    { name: 'where nothing is beside them', value: { metadata: { managedFields: [ENTRY] } } },
    { name: 'where a field has a name like their end', value: objectWith([{ 'f:x}],': {} }]) },
    { name: 'where a field has a name like the end of all', value: objectWith([{ 'f:x}]}': {} }]) },
    { name: 'where several do', value: { items: [1, 2].map(() => objectWith([{ 'f:x}],': {}, a: { b: 1 } }])) } },
    { name: 'where they hold a list', value: objectWith([{ list: [{ a: 1 }], more: 1 }]) },
    { name: 'where a template has some, too', value: { a: objectWith([ENTRY]), template: objectWith([ENTRY]) } },
    { name: 'where not every item has some', value: { items: [objectWith([ENTRY]), objectWith([])] } },
  ])('$name', ({ value }) => {
    expect(read(value)).toEqual(value);
  });

  test('where the text has spaces', () => {
    const value = objectWith([ENTRY]);
    expect(parseWithoutManagedFields(JSON.stringify(value, null, 1))).toEqual(value);
  });
});

test.each(['', '{', '{"metadata":{"managedFields":[{}],"name":"web"', '{"managedFields":[{'])('no JSON: %j', (text) => {
  expect(() => parseWithoutManagedFields(text)).toThrow(SyntaxError);
});
