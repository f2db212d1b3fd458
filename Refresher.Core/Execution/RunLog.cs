using System.Text;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>The log of one attempt: numbers its lines, hides secrets in them, cleans them, and stops at the limit with a line that says so.</summary>
internal sealed class RunLog(Guid runId, int attempt, int fence)
{
    /// <summary>Characters of one line.</summary>
    private const int LineLimit = 16 * 1024;

    private readonly Lock _lock = new();
    private List<RunLogLine> _pending = [];
    private int _line;
    private int _bytes;
    private bool _cut;

    /// <summary>What no line may show; set before the attempt begins.</summary>
    public HiddenTexts Hidden { get; set; } = HiddenTexts.None;

    /// <summary>Set by whoever writes lines away; called when the first line waits.</summary>
    public Action? Waiting { get; set; }

    public void Write(DateTimeOffset at, LogLevel level, string message)
    {
        bool first;
        lock (_lock)
        {
            if (_cut)
            {
                return;
            }

            var text = StoredText.Clean(Hidden.Hide(message), LineLimit);
            _bytes += Encoding.UTF8.GetByteCount(text);
            _cut = _bytes > PlatformDefaults.LogLimit;
            first = _pending.Count == 0;
            _pending.Add(new RunLogLine
            {
                RunId = runId,
                Seq = ((long)fence << 32) + _line++,
                At = at,
                Attempt = attempt,
                Level = _cut ? LogLevel.Warning : level,
                Message = _cut ? $"The log is cut here: it has reached {PlatformDefaults.LogLimit / 1024} KiB." : text,
            });
        }

        if (first)
        {
            Waiting?.Invoke();
        }
    }

    /// <summary>Takes the lines that were not written yet.</summary>
    public List<RunLogLine> Take()
    {
        lock (_lock)
        {
            if (_pending.Count == 0)
            {
                return [];
            }

            var taken = _pending;
            _pending = [];
            return taken;
        }
    }
}
