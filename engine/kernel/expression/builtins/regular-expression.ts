const compiled = new Map<string, RegExp | undefined>()
const mostCompiled = 500

/** An XPath pattern as a JS one, matching everywhere; undefined when it is none. `x` drops white space from the pattern. */
export function regularExpression(pattern: string, flags = ''): RegExp | undefined {
  const key = `${flags}/${pattern}`
  if (compiled.has(key)) return compiled.get(key)
  const expression = compile(pattern, flags)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(key, expression)
  return expression
}

function compile(pattern: string, flags: string): RegExp | undefined {
  if (!/^[smixq]*$/.test(flags)) return undefined
  const source = flags.includes('x') ? withoutSpaces(pattern) : pattern
  const kept = [...new Set(flags.replace(/[xq]/g, ''))].join('')
  // class subtraction, [a-z-[aeiou]], is written with two dashes in JS
  if (/-\[/.test(source)) return attempt(source.replace(/-\[/g, '--['), `${kept}gv`)
  return attempt(source, `${kept}gu`) ?? attempt(source, `${kept}g`)
}

function attempt(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/** White space in a character class stays. */
function withoutSpaces(pattern: string): string {
  return pattern.replace(/\[[^\]]*\]|\\.|\s+/g, (part) => (/^\s/.test(part) ? '' : part))
}

/** XPath's replacement text (`$1`, `$0`, `\$`) as a function for `String.replace`. */
export function replacementOf(replacement: string): (...match: unknown[]) => string {
  return (...match) => {
    const groups = match.slice(
      0,
      match.findIndex((part) => typeof part === 'number'),
    )
    return replacement.replace(/\\([\\$])|\$(\d+)/g, (_, escaped?: string, digits = '') => {
      if (escaped !== undefined) return escaped
      // the longest number that names a group; digits left over are text
      for (let length = digits.length; length > 0; length--) {
        const index = Number(digits.slice(0, length))
        if (index < groups.length) return String(groups[index] ?? '') + digits.slice(length)
      }
      return digits.slice(1)
    })
  }
}
