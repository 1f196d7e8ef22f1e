/** The options that all commands of notifications have. */
import { CONFIG_MAP, SECRET } from '../notifications/names.ts';

export const NOTIFICATION_OPTIONS = {
  'config-map': { kind: 'text', isPath: true, help: `File with the ConfigMap ${CONFIG_MAP}; - is stdin.` },
  secret: { kind: 'text', isPath: true, help: `File with the Secret ${SECRET}; - is stdin, :empty none.` },
} as const;
