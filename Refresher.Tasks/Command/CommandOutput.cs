using System.Text;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Command;

/// <summary>What a command says: streamed as lines to the run's log, its first and last part kept.</summary>
internal sealed class CommandOutput(ILogger log, IReadOnlyList<string> secrets)
{
    public CommandStream Standard { get; } = new(log, LogLevel.Information, secrets);

    public CommandStream Error { get; } = new(log, LogLevel.Warning, secrets);
}

/// <summary>One of a command's two streams. Bytes go in on one thread; disposing it ends the last line.</summary>
internal sealed partial class CommandStream(ILogger log, LogLevel level, IReadOnlyList<string> secrets) : IDisposable
{
    /// <summary>Characters of the beginning that are kept.</summary>
    public const int First = 8 * 1024;

    /// <summary>Characters of the end that are kept. Both parts of both streams fit an output (256 KiB) however they are escaped.</summary>
    public const int Last = 12 * 1024;

    private const int LongestLine = 4 * 1024;
    private const int MostLogged = 1024 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _first = new();
    private readonly StringBuilder _last = new();
    private bool _afterReturn;
    private long _logged;

    /// <summary>Characters that are not kept.</summary>
    public long Dropped { get; private set; }

    /// <summary>The kept text, with a line in the middle that says what is missing.</summary>
    public string Kept()
    {
        lock (_first)
        {
            CutTo(Last);
            return Dropped == 0 ? $"{_first}{_last}" : $"{_first}\n… {Dropped} characters left out …\n{_last}";
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[bytes.Length + 1];
        foreach (var character in characters[.._decoder.GetChars(bytes, characters, flush: false)])
        {
            Take(character);
        }
    }

    public void Dispose()
    {
        if (_line.Length > 0)
        {
            EndLine();
        }
    }

    /// <summary>A return alone ends a line too: progress bars write nothing else.</summary>
    private void Take(char character)
    {
        if (character is '\n' or '\r')
        {
            if (character == '\r' || !_afterReturn)
            {
                EndLine();
            }
        }
        else
        {
            // The database's JSON cannot hold a null character.
            _line.Append(character == '\0' ? '\uFFFD' : character);
            if (_line.Length >= LongestLine)
            {
                EndLine();
            }
        }

        _afterReturn = character == '\r';
    }

    private void EndLine()
    {
        foreach (var secret in secrets)
        {
            _line.Replace(secret, SecretOptions.Mask);
        }

        var line = _line.ToString();
        _line.Clear();
        Log(line);
        Keep(line);
        Keep("\n");
    }

    private void Log(string line)
    {
        if (_logged > MostLogged)
        {
            return;
        }

        _logged += line.Length + 1;
        if (_logged > MostLogged)
        {
            LogCut(log, MostLogged / 1024);
        }
        else
        {
            LogLine(log, level, line);
        }
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        lock (_first)
        {
            var head = Math.Min(text.Length, First - _first.Length);
            _first.Append(text[..head]);
            _last.Append(text[head..]);

            // Cutting only now and then keeps the cost of a long output linear.
            if (_last.Length > 2 * Last)
            {
                CutTo(Last);
            }
        }
    }

    private void CutTo(int length)
    {
        var more = Math.Max(0, _last.Length - length);
        Dropped += more;
        _last.Remove(0, more);
    }

    [LoggerMessage(Message = "{Line}")]
    private static partial void LogLine(ILogger log, LogLevel level, string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "More than {KiB} KiB of output: the rest is not shown here; its last part is kept with the run.")]
    private static partial void LogCut(ILogger log, int kiB);
}
