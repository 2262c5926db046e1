import { arch, platform, release } from 'node:os';

/** Names what runs this process: `node 20.20.0 with V8 11.3.244`. */
export function runtimeText(): string {
  return `node ${process.versions.node} with V8 ${process.versions.v8}`;
}

/** Names operating system and processor: `linux 6.1.0 x64`. */
export function systemText(): string {
  return `${platform()} ${release()} ${arch()}`;
}
