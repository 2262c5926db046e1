import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { sourceFiles } from '../support/source-files.ts';

/** Gives the exported declarations of a file that no doc comment stands above, as `file:line: name`. */
function undocumented(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const overloads = new Set<string>();
  return source.statements.filter(isExported).flatMap((statement) => {
    const name = nameOf(statement);
    // One comment above the first overload speaks for all of them.
    if (hasDocComment(statement)) {
      overloads.add(name);
      return [];
    }
    if (ts.isFunctionDeclaration(statement) && overloads.has(name)) return [];
    const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
    return [`${file}:${line + 1}: ${name}`];
  });
}

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  const modifiers = ts.getModifiers(statement) ?? [];
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
}

function hasDocComment(statement: ts.Statement): boolean {
  return ts
    .getJSDocCommentsAndTags(statement)
    .some((part) => ts.isJSDoc(part) && ts.getTextOfJSDocComment(part.comment) !== '');
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((d) => d.name.getText()).join(', ');
  }
  return ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
    ? (statement.name?.text ?? '(unnamed)')
    : statement.getText().slice(0, 40);
}

describe('doc comments', () => {
  it('stand above every export', () => {
    const files = sourceFiles().filter((file) => !file.endsWith('.test.ts'));
    assert.ok(files.length > 10, `${files.length} files`);
    const missing = files.flatMap(undocumented);
    assert.ok(missing.length === 0, `exports without a doc comment:\n${missing.join('\n')}`);
  });
});
