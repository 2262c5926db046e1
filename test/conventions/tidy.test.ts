import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { sourceFiles } from '../support/source-files.ts';

/** A text that no file may hold, what to do instead, and the files that may. */
interface Ban {
  readonly pattern: RegExp;
  readonly remedy: string;
  readonly allowed: RegExp;
}

const self = /^test\/conventions\//;
const process =
  /^(services\/shared\/platform\/|services\/cli\/|test\/|loadtest\/|native-bench\/)|(main|config|\.test)\.ts$/;

const bans: readonly Ban[] = [
  {
    pattern: /\bMath\.random\(/,
    remedy: 'take a Random',
    allowed: /^services\/shared\/platform\//,
  },
  { pattern: /\bas any\b|: any\b|<any>/, remedy: 'name the type', allowed: self },
  { pattern: /\b(TODO|FIXME|XXX)\b/, remedy: 'do it now or leave it out', allowed: self },
  { pattern: /@ts-ignore|@ts-nocheck/, remedy: 'fix the type', allowed: self },
  // A wrong use that must not compile is what a test of types is made of.
  { pattern: /@ts-expect-error/, remedy: 'fix the type', allowed: /\.test\.ts$/ },
  {
    pattern: /\bbiome-ignore\b(?!.*: \S+)/,
    remedy: 'say why after the rule: `biome-ignore lint/...: reason`',
    allowed: self,
  },
  {
    pattern: /\.(only|skip|todo)\(/,
    remedy: 'a test runs, or says why not with { skip: reason }',
    allowed: self,
  },
  {
    pattern: /from 'node:(timers|timers\/promises)'|\bperformance\.now\(/,
    remedy: 'take a Clock',
    allowed: process,
  },
  {
    pattern: /^\/\/ ?(const|let|return|if|import|await) .*[;{]$/m,
    remedy: 'delete code that is commented out',
    allowed: self,
  },
  { pattern: /^\s*(\/\/|\*) ?[-=*#]{8,}/m, remedy: 'no banners', allowed: self },
];

/** What may stand at the top of the repository. */
const top =
  /^(package\.json|package-lock\.json|tsconfig[^/]*\.json|proto|services|native-bench|deploy|loadtest|test|README\.md|ARCHITECTURE\.md|CONTRIBUTING\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|\.[^/]+)$/;

/** Names that say nothing about what is inside. */
const vagueName = /(^|\/)(utils?|helpers?|common|misc|shared|types)\.ts$/;

describe('tidy', () => {
  const files = sourceFiles();

  it('sees the code', () => assert.ok(files.length > 10, `${files.length} files`));

  it('finds no banned text or vague name', () => {
    const found = files.flatMap((file) => [...bannedTexts(file), ...vagueNames(file)]);
    assert.ok(found.length === 0, `\n${found.join('\n')}`);
  });

  it('keeps the top of the repository to its layout', () => {
    const tops = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      encoding: 'utf8',
    })
      .split('\n')
      .filter((file) => file !== '')
      .map((file) => file.split('/')[0] ?? file);
    const extra = [...new Set(tops)].filter((name) => !top.test(name));
    assert.deepEqual(extra, []);
  });
});

function bannedTexts(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return bans
    .filter((ban) => !ban.allowed.test(file))
    .flatMap((ban) => {
      const match = ban.pattern.exec(text);
      if (match === null) return [];
      const line = text.slice(0, match.index).split('\n').length;
      return [`${file}:${line}: '${match[0].trim()}' is banned; ${ban.remedy}`];
    });
}

function vagueNames(file: string): readonly string[] {
  return vagueName.test(file) ? [`${file}: name it after what is inside`] : [];
}
