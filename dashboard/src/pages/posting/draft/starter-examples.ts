import { type Language, languages } from '@node3/shared/job-spec';

/** Programs to begin with, one for each language; each prints text and ends with a line of JSON. */
const starters: Record<Language, string> = {
  python: `import json

print("Hello from node3!")


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


print(json.dumps({"factorial": factorial(5)}))
`,
  javascript: `console.log('Hello from node3!');

function factorial(n) {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

console.log(JSON.stringify({ factorial: factorial(5) }));
`,
  typescript: `console.log('Hello from node3!');

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

console.log(JSON.stringify({ factorial: factorial(5) }));
`,
  bash: `echo "Hello from node3!"

factorial=1
for n in 1 2 3 4 5; do
  factorial=$((factorial * n))
done

echo "{\\"factorial\\": $factorial}"
`,
};

export function starterOf(language: Language): string {
  return starters[language];
}

/** Whether the code is an example as it came: another one may take its place unasked. */
export function isStarter(code: string): boolean {
  return code.trim() === '' || languages.some((language) => starters[language] === code);
}
