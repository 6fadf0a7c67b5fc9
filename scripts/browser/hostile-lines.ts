const esc = '\u001b';

/** What a job may write to do harm to whoever reads it, and a piece of each that must be legible. */
export const hostileLines: readonly { text: string; shows: string }[] = [
  { text: '<img src=x onerror=top.name="pwned">', shows: '<img src=x' },
  { text: '<script>top.name="pwned"</script>', shows: '<script>' },
  { text: '"><svg/onload=top.name="pwned">', shows: '<svg/onload' },
  { text: 'javascript:top.name="pwned" is no link', shows: 'javascript:top' },
  { text: 'data:text/html,<script>top.name=1</script>', shows: 'data:text/html' },
  { text: 'https://bank.example@evil.example/login', shows: 'https://bank.example@evil' },
  { text: 'see https://ok.example/a?b=1, and more', shows: 'https://ok.example/a?b=1' },
  {
    text: `${esc}]8;;javascript:alert(1)${esc}\\terminal link${esc}]8;;${esc}\\`,
    shows: 'terminal link',
  },
  { text: `${esc}]0;new window title\u0007titled`, shows: 'titled' },
  { text: `${esc}]52;c;ZXZpbA==\u0007clipboard`, shows: 'clipboard' },
  { text: `${esc}[2J${esc}[H${esc}[?1049hcleared screen`, shows: 'cleared screen' },
  {
    text: `${esc}[31mred${esc}[0m ${esc}[38;5;208morange${esc}[0m ${esc}[38;2;1;2;3mtrue`,
    shows: 'red orange true',
  },
  { text: `${esc}[38;2;999;-1;xmodd colour`, shows: 'colour' },
  { text: `${esc}[8mhidden${esc}[28m text`, shows: 'hidden text' },
  { text: `${esc}P+q544e${esc}\\device`, shows: 'device' },
  { text: '\u009b31mc1 control\u009d0;x\u009c end', shows: 'end' },
  { text: 'access\u202egnp.exe\u2066 granted', shows: 'accessgnp.exe granted' },
  { text: '\u061cab\u200fcd\u200e', shows: 'abcd' },
  { text: 'first\rsecond\rlast state', shows: 'last state' },
  { text: `progress 10%\r${esc}[Kprogress 90%`, shows: 'progress 90%' },
  { text: 'spin|\b/\b-\bdone', shows: 'done' },
  { text: 'nul\u0000 bell\u0007 del\u007f', shows: 'nul bell del' },
  { text: `zalgo Z${'\u0335\u0321'.repeat(200)}`, shows: 'zalgo' },
  { text: `giant ${'x'.repeat(15_000)}`, shows: 'giant xxx' },
  { text: '\u{1f469}\u200d\u{1f680} and \u4e2d\u6587 and \u0627\u0644', shows: '\u4e2d\u6587' },
  { text: '{{constructor.constructor("top.name=1")()}} ${7*7}', shows: '{{constructor' },
];
