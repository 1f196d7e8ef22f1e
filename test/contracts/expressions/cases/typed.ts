/** Conditions on results with types of their own: structs, records, and single numbers. */
import type { Group } from './group.ts';
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';

const CLOUDWATCH: MetricValue = {
  type: 'structs',
  values: [
    {
      Id: { type: 'text', value: 'errors' },
      Label: { type: 'text', value: null },
      StatusCode: { type: 'named', value: 'Complete' },
      Timestamps: { type: 'times', values: [new Date('2024-02-29T12:00:00Z')] },
      Values: { type: 'floats', values: [0.5, 2] },
    },
  ],
};

const RECORDS: MetricValue = {
  type: 'records',
  values: [5n, 0.5, 1e8, null, 'x', true, new Date('2024-02-29T12:00:00Z'), 2n ** 53n + 1n],
};

export const TYPED: readonly Group[] = [
  // A list of structs.
  [
    CLOUDWATCH,
    [
      ['result[0].Values[0] < 1', true],
      ['all(result[0].Values, # < 1)', false],
      ['result[0].Id == "errors"', true],
      ['result[0].Label == nil', true],
      ['result[0].StatusCode == "Complete"', 'invalid operation: == (mismatched types types.StatusCode and string)'],
      ['result[0].StatusCode in ["Complete"]', 'cannot use types.StatusCode as type string in array'],
      ['result[0].StatusCode contains "Com"', 'interface conversion: interface {} is types.StatusCode, not string'],
      ['string(result[0].StatusCode) == "Complete"', true],
      ['result[0].values == nil', 'type types.MetricDataResult has no field values'],
      ['result[0].Timestamps[0].Year() == 2024', true],
      ['len(result[0].Messages) == 0', true],
      ['"Values" in result[0]', true],
    ],
  ],
  // Records: their types are seen when the condition runs.
  [
    RECORDS,
    [
      ['result[0] == 5 && result[0] > 4.5', true],
      ['result[1] < 1 && result[2] == 100000000', true],
      ['result[3] == nil', true],
      ['result[3] > 1', 'invalid operation: <nil> > int'],
      ['result[4] > 1', 'invalid operation: string > int'],
      ['result[5]', true],
      ['result[6].Year() == 2024', true],
      ['result[7] == 9007199254740993', true],
      ['result[7] == 9007199254740992', false],
      ['result[0] % 2 == 1', true],
      ['type(result[0]) == "int"', true],
    ],
  ],
  [
    { type: 'int', value: 80 },
    [
      ['result >= 80', true],
      ['result % 7 == 3', true],
      ['result / 3 > 26.6', true],
    ],
  ],
  [
    { type: 'float', value: 0.5 },
    [
      ['result < 1', true],
      ['result == "0.5"', 'invalid operation: == (mismatched types float64 and string)'],
    ],
  ],
];
