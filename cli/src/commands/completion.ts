import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { choose } from '../parse/choose.ts';
import type { Call } from '../program/attach-action.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** The script only asks `node3 __complete`, so that it never knows other commands than this one. */
export async function printCompletion(context: Context, call: Call<object>): Promise<number> {
  const shell = choose('SHELL', call.args[0] ?? '', shells);
  await context.terminal.raw('stdout', scripts[shell]);
  return exitCodes.ok.code;
}

const scripts: Record<(typeof shells)[number], string> = {
  bash: String.raw`_node3() {
  local IFS=$'\n' found
  found=$(node3 __complete "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
  COMPREPLY=($(compgen -W "$found" -- "${'$'}{COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _node3 node3
`,
  zsh: String.raw`#compdef node3
_node3() {
  local -a found
  found=("${'$'}{(@f)$(node3 __complete "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(${'$'}{found:#})
  if (( ! ${'$'}#found )); then
    _files
    return
  fi
  found=("${'$'}{(@)found//:/\\:}")
  found=("${'$'}{(@)found/$'\t'/:}")
  _describe node3 found
}
if [ "$funcstack[1]" = _node3 ]; then
  _node3 "$@"
else
  compdef _node3 node3
fi
`,
  fish: String.raw`function __node3_complete
    set -l words (commandline -opc) (commandline -ct)
    node3 __complete $words[2..-1] 2>/dev/null
end
complete -c node3 -a '(__node3_complete)'
`,
};
