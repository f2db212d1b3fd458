// Stand-in for Aspire.Hosting: what one service says, shown with its name and kept.
using System.Text;

namespace Aspire.Hosting.Orchestration;

/// <summary>Writes a service's lines to its file and to the console; the file is turned at a size, one older is kept.</summary>
/// <param name="path">The file; the older one ends in <c>.1</c>.</param>
/// <param name="name">Shown before each line on the console; nothing is shown when null.</param>
/// <param name="maxBytes">The size at which the file is turned.</param>
internal sealed class ServiceLog(string path, string? name, long maxBytes = 10 * 1024 * 1024) : IDisposable
{
    private const int MaxLine = 16 * 1024;
    private const int Remembered = 20;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private StreamWriter? _writer;

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_lock)
            {
                return [.. _last];
            }
        }
    }

    public void Write(string line)
    {
        var shown = line.Length > MaxLine ? string.Concat(line.AsSpan(0, MaxLine), " … (line cut)") : line;
        lock (_lock)
        {
            _last.Enqueue(shown);
            if (_last.Count > Remembered)
            {
                _last.Dequeue();
            }

            _writer ??= Open();
            if (_writer.BaseStream.Length > maxBytes)
            {
                _writer.Dispose();
                File.Move(path, path + ".1", overwrite: true);
                _writer = Open();
            }

            _writer.WriteLine(shown);
        }

        if (name is not null)
        {
            Console.Out.WriteLine($"{name,-12} | {shown}");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private StreamWriter Open() =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false)) { AutoFlush = true };
}
