/** The kubelet with real HTTP pods as a program; `startPods` starts it. It runs until it is killed. */
import { ApiClient } from '../cluster/api-client.ts';
import { startKubelet } from '../cluster/kubelet/kubelet.ts';
import type { KubeletOrder } from '../cluster/kubelet/process.ts';
import { HttpPods } from './http-pods.ts';

const { server, caFile, token, options } = JSON.parse(process.argv[2] ?? '') as KubeletOrder;
await startKubelet(await ApiClient.connect(server, caFile, token), { ...options, runtime: new HttpPods() });
