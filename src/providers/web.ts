/**
 * Any server that answers over HTTP. An answer in JSON is searched with a JSONPath; any other is taken as text, and the
 * conditions of the metric are checked on that text.
 */
import { NO_DATA } from '../core/analysis/metric-value.ts';
import type { Metric, MetricProvider, Reading } from '../core/analysis/provider.ts';
import type { Json } from '../kube/json.ts';
import { compileJsonPath, type JsonPath } from '../kube/json-path.ts';
import { anyJson } from '../kube/typed-json.ts';
import { credentialsOf } from './authentication/of-metric.ts';
import type { OAuth2 } from './authentication/oauth2.ts';
import { addressOf, configurationOf, headersOf } from './configuration.ts';
import type { ProviderDependencies } from './dependencies.ts';
import { ask } from './http/ask.ts';
import { isSuccess, jsonIn } from './http/answer.ts';
import { NO_JSON } from './http/json-text.ts';
import type { HttpAnswer, HttpRequest } from './http/request.ts';

const DEFAULT_TIMEOUT_SECONDS = 10;
/** The whole answer. */
const DEFAULT_PATH = '{$}';

type Web = NonNullable<Metric['provider']['web']>;

export function webProvider(dependencies: Pick<ProviderDependencies, 'http' | 'timer' | 'oauth2'>): MetricProvider {
  return {
    measure: async ({ metric }, signal) => {
      const web = configurationOf(metric, 'web');
      const path = pathOf(web);
      const request = requestOf(web, dependencies.oauth2);
      const { timeoutSeconds = 0 } = web;
      const limitMs = (timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS) * 1000;
      const answer = await ask(dependencies, request, limitMs, signal);
      return readingOf(answer, path);
    },
  };
}

function pathOf({ jsonPath }: Web): JsonPath {
  const compiled = compileJsonPath(jsonPath || DEFAULT_PATH);
  if ('problem' in compiled) throw new Error(`the jsonPath cannot be read: ${compiled.problem}`);
  return compiled;
}

function requestOf(web: Web, oauth2: OAuth2): HttpRequest {
  const { method = '', url, headers = [], body = '', jsonBody, insecure = false, authentication = {} } = web;
  const usedMethod = method || 'GET';
  if (body !== '' && jsonBody !== undefined) {
    throw new Error('body and jsonBody cannot both be set');
  }
  const sent = jsonBody === undefined ? body : JSON.stringify(jsonBody);
  if (sent !== '' && usedMethod === 'GET') {
    throw new Error('a request with GET has neither body nor jsonBody');
  }
  if (Object.values(authentication.sigv4 ?? {}).some(Boolean))
    throw new Error('web metrics cannot be signed with sigv4');
  const credentials = credentialsOf(authentication, insecure, oauth2);
  return {
    method: usedMethod,
    url: addressOf(url, 'the url of the web metric is not a URL'),
    headers: { ...headersOf(headers), ...(jsonBody === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(sent === '' ? {} : { body: sent }),
    insecure,
    ...(credentials === undefined ? {} : { authentication: credentials }),
  };
}

function readingOf(answer: HttpAnswer, path: JsonPath): Reading {
  const { host, status, body } = answer;
  if (!isSuccess(answer)) throw new Error(`received non 2xx response code: ${status} from ${host}`);
  const json = jsonIn(host, body);
  if (json === NO_JSON) return { kind: 'value', result: { type: 'text', value: body }, text: body };
  return valueOf(firstOf(path, json));
}

function firstOf(path: JsonPath, json: Json): Json {
  const result = path.find(json);
  if ('problem' in result) throw new Error(`the jsonPath does not fit the answer: ${result.problem}`);
  const [first] = result.found;
  if (first === undefined) throw new Error('result of web metric produced no value');
  return first;
}

function valueOf(value: Json): Reading {
  return { kind: 'value', result: value === null ? NO_DATA : { type: 'json', value }, text: anyJson(value) };
}
