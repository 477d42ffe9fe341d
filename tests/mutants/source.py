"""Where a C++ source could be a little wrong.

Not a parser: the sources are formatted by clang-format, so that operators have
spaces around them and statements end as they always end. A mutant that does not
compile is thrown away later.
"""
import re

KINDS = ("comparison", "off by one", "logic", "condition", "boolean", "drop",
         "swap", "return early")

TOKEN = re.compile(r'''
    (?P<space>\s+ | //[^\n]* | /\*.*?\*/ | ^[ ]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<text>R"(?P<mark>[^(]*)\(.*?\)(?P=mark)" | "(?:\\.|[^"\\])*"
            | '(?:\\.|[^'\\])*')
  | (?P<number>(?:0x[0-9a-fA-F]+|\d[\d.']*(?:e[+-]?\d+)?)[a-zA-Z]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><=>|<<=|>>=|->|::|\+\+|--|&&|\|\||[-+*/%&|^!=<>]=|<<|.)
''', re.X | re.S | re.M)

# A statement that begins with one of these cannot be left out without breaking
# the grammar.
NO_STATEMENT = set('''
    if else for while do switch case default return co_return using typedef
    template class struct enum union namespace public private protected static
    constexpr const auto friend explicit virtual operator goto break continue
    try catch static_assert inline extern mutable thread_local'''.split())
FLIPS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
STEPS = {'+': '-', '-': '+', '+=': '-=', '-=': '+=', '++': '--', '--': '++'}
LOGIC = {'&&': '||', '||': '&&'}


class Token:
    def __init__(self, kind, text, begin):
        self.kind, self.text, self.begin = kind, text, begin
        self.end = begin + len(text)


class Mutant:
    """The text from begin to end is replaced by `after`."""

    def __init__(self, kind, begin, end, before, after):
        self.kind, self.begin, self.end = kind, begin, end
        self.before, self.after = before, after


# Do these conditions hold on this machine?
HOLDS = {'#ifdef __linux__': True, '#if defined(__SANITIZE_ADDRESS__)': False,
         '#if __has_feature(address_sanitizer)': False}


def without_other_platforms(text):
    """Blanks, as long as the text, for the lines that are not compiled."""
    result, stack = [], []
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare.startswith('#if'):
            stack.append(HOLDS.get(bare, True))
        elif bare == '#else':
            stack[-1] = not stack[-1]
        elif bare == '#endif' or bare.startswith('#endif '):
            stack.pop()
        if all(stack):
            result.append(line)
        else:
            result.append(' ' * (len(line) - 1) + '\n')
    return ''.join(result)


def tokens_of(text):
    result = []
    text = without_other_platforms(text)
    for match in TOKEN.finditer(text):
        if match.lastgroup == 'mark':
            kind = 'text'
        else:
            kind = next(k for k in ('space', 'text', 'number', 'word', 'sign')
                        if match.group(k) is not None)
        if kind != 'space':
            result.append(Token(kind, match.group(), match.start()))
    return result


def spaced(text, token):
    """Has it spaces on both sides? So `a < b`, not `vector<int>`."""
    return text[token.begin - 1].isspace() and text[token.end].isspace()


def partners(tokens):
    """The index of each bracket's other half."""
    result, open_ones = {}, []
    for i, token in enumerate(tokens):
        if token.text in ('(', '[', '{'):
            open_ones.append(i)
        elif token.text in (')', ']', '}') and open_ones:
            j = open_ones.pop()
            result[i], result[j] = j, i
    return result


def blocks(tokens, pairs):
    """The index of each { that opens statements, not members or a list."""
    result = {}
    for i, token in enumerate(tokens):
        if token.text != '{' or i not in pairs:
            continue
        j = i - 1
        while j >= 0 and tokens[j].text not in (';', '{', '}'):
            j = pairs.get(j, j) - 1 if tokens[j].text in ')]' else j - 1
        head = [t.text for t in tokens[j + 1:i]]
        if 'namespace' in head or 'enum' in head:
            continue
        if '(' not in head:
            if {'class', 'struct', 'union'} & set(head):
                continue
            if head not in ([], ['else'], ['try'], ['do']):
                continue
            if head == [] and tokens[i - 1].text not in (';', '{', '}'):
                continue
        elif tokens[i - 1].text == '=' or tokens[i - 1].text == ',':
            continue
        result[i] = head
    return result


def statements(tokens, pairs, block):
    """The simple statements directly in a block: pairs of indices."""
    result = []
    i, end = block + 1, pairs[block]
    begin, fresh = i, True
    while i < end:
        text = tokens[i].text
        if text in ('(', '[') and i in pairs:
            i = pairs[i] + 1
            continue
        if text == '{' and i in pairs:
            # A lambda's body or a list stays within its statement.
            inner = pairs[i]
            after = tokens[inner + 1].text if inner + 1 < len(tokens) else ''
            i = inner + 1
            if after not in (';', ',', ')', '.', '+'):
                begin, fresh = i, True
            continue
        if text == ';':
            if fresh:
                result.append((begin, i))
            begin, fresh = i + 1, True
        i += 1
    return result


def is_simple(tokens, begin, end):
    """A call, an assignment, a throw: no declaration, no control."""
    first = tokens[begin]
    if begin == end or first.text in NO_STATEMENT:
        return False
    if first.text in ('throw', 'co_await', 'delete'):
        return True
    if first.kind != 'word' and first.text not in ('*', '++', '--', '(', ':'):
        return False
    return not is_declaration(tokens, begin, end)


def is_declaration(tokens, begin, end):
    depth = 0
    for i in range(begin, end):
        text = tokens[i].text
        if text in ('(', '[', '{', '=', '.', '->', '+=', '-=', '|='):
            return False
        if text == '<':
            depth += 1
        elif text == '>':
            depth -= 1
        if depth == 0 and i > begin and tokens[i].kind == 'word' and (
                tokens[i - 1].kind == 'word'
                or tokens[i - 1].text in ('>', '*', '&')):
            return True
    return False


def conditions(tokens, pairs):
    """The conditions of if and while: pairs of indices, and the word."""
    for i, token in enumerate(tokens):
        if token.text not in ('if', 'while') or i + 1 not in pairs:
            continue
        begin, end = i + 2, pairs[i + 1]
        if tokens[i + 1].text != '(':
            continue
        j = begin
        while j < end:  # the part after an initialiser
            if tokens[j].text == ';':
                begin = j + 1
            j = pairs[j] + 1 if tokens[j].text in '([{' else j + 1
        if begin < end:
            yield token.text, begin, end - 1


def mutants_of(text):
    """Every mutant of a source, in the order of their places."""
    tokens = tokens_of(text)
    pairs = partners(tokens)
    result = []

    def add(kind, begin, end, after):
        result.append(Mutant(kind, begin, end, text[begin:end], after))

    for token in tokens:
        if token.text in FLIPS and spaced(text, token):
            add('comparison', token.begin, token.end, FLIPS[token.text])
        elif token.text in STEPS and (
                spaced(text, token) or token.text in ('++', '--')):
            add('off by one', token.begin, token.end, STEPS[token.text])
        elif token.text in LOGIC and spaced(text, token):
            add('logic', token.begin, token.end, LOGIC[token.text])
        elif token.text in ('true', 'false'):
            other = 'false' if token.text == 'true' else 'true'
            add('boolean', token.begin, token.end, other)
        elif token.kind == 'number' and re.fullmatch(r"\d+U?", token.text):
            value = int(token.text.rstrip('U'))
            tail = 'U' if token.text.endswith('U') else ''
            other = {0: 1, 1: 0}.get(value, value + 1)
            add('off by one', token.begin, token.end, f'{other}{tail}')

    for word, first, last in conditions(tokens, pairs):
        begin, end = tokens[first].begin, tokens[last].end
        inside = text[begin:end]
        add('condition', begin, end, f'!({inside})')
        if word == 'if':
            add('condition', begin, end, 'true')
        add('condition', begin, end, 'false')

    for block, head in blocks(tokens, pairs).items():
        simple = []
        for begin, end in statements(tokens, pairs, block):
            # A statement after "if (...)" or "else" is one too.
            while tokens[begin].text in ('if', 'for', 'while', 'else') or (
                    tokens[begin].text == 'case'):
                if tokens[begin].text == 'else':
                    begin += 1
                elif tokens[begin].text == 'case':
                    while tokens[begin].text != ':':
                        begin += 1
                    begin += 1
                elif begin + 1 in pairs:
                    begin = pairs[begin + 1] + 1
                else:
                    break
            if begin > end:
                continue
            first, last = tokens[begin].begin, tokens[end].end
            if is_simple(tokens, begin, end):
                add('drop', first, last, ';')
                simple.append((begin, end))
            elif tokens[begin].text in ('return', 'co_return') and end > begin + 1:
                add('return early', first, last,
                    tokens[begin].text + ' {};')
        for (a, b), (c, d) in zip(simple, simple[1:]):
            if b + 1 == c:
                one = text[tokens[a].begin:tokens[b].end]
                two = text[tokens[c].begin:tokens[d].end]
                between = text[tokens[b].end:tokens[c].begin]
                add('swap', tokens[a].begin, tokens[d].end,
                    two + between + one)
        if len(simple) > 0 and '(' in head and simple[0][0] > block + 1:
            at = tokens[simple[-1][0]].begin
            result.append(Mutant('return early', at, at, '', 'return; '))
        elif len(simple) > 1 and '(' in head:
            at = tokens[simple[1][0]].begin
            result.append(Mutant('return early', at, at, '', 'return; '))
    result.sort(key=lambda m: (m.begin, m.end, m.kind, m.after))
    return result
