import { userInfo } from 'node:os';

/** Gives the name of the user that this process runs as; its number where the system has no name for it, as in a container that runs as any user. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // the list of users does not have it
  }
}
