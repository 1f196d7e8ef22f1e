/** The kubelet as a program; `startKubeletProcess` starts it. It runs until it is killed. */
import { ApiClient } from '../api-client.ts';
import { startKubelet } from './kubelet.ts';
import type { KubeletOrder } from './process.ts';

const { server, caFile, token, options } = JSON.parse(process.argv[2] ?? '') as KubeletOrder;
await startKubelet(await ApiClient.connect(server, caFile, token), options);
