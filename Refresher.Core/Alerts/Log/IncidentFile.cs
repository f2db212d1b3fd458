using System.Text.Json;

namespace Refresher.Core.Alerts.Log;

/// <summary>
/// A file of JSON lines that several processes of one machine append to. What is written is on the disk when <see cref="AppendAsync"/> returns; a line that a
/// crash has torn is taken away; a line whose id is in the file, or in one that was put aside and is kept, is not written again.
/// </summary>
internal sealed class IncidentFile(string path, long maxBytes, int files)
{
    private const byte NewLine = (byte)'\n';

    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(10);

    private readonly HashSet<Guid> _known = [];
    private long _read;
    private bool _hasReadOld;

    /// <summary>Appends lines that are not there yet, in their order.</summary>
    /// <param name="lines">UTF-8 JSON objects without a line break, each with its <c>id</c> first.</param>
    /// <returns>How many were new.</returns>
    /// <exception cref="IOException">It cannot be written, or another process has held it for long.</exception>
    public async Task<int> AppendAsync(IReadOnlyList<(Guid Id, byte[] Line)> lines, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await using var turn = await LockAsync(cancel);
        Learn();
        var fresh = lines.DistinctBy(line => line.Id).Where(line => !_known.Contains(line.Id)).ToArray();
        if (fresh.Length == 0)
        {
            return 0;
        }

        using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            foreach (var (_, line) in fresh)
            {
                file.Write(line);
                file.WriteByte(NewLine);
            }

            // Only what is on the disk counts as done.
            file.Flush(flushToDisk: true);
            _read = file.Position;
        }

        _known.UnionWith(fresh.Select(line => line.Id));
        if (_read >= maxBytes)
        {
            Rotate();
        }

        return fresh.Length;
    }

    /// <summary>One process at a time: whoever has this file open alone may read, write and rotate.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(20))
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < LockTime)
            {
                await Task.Delay(20, cancel);
            }
        }
    }

    /// <summary>Reads the ids of what others have written since, and of everything the first time.</summary>
    private void Learn()
    {
        if (!_hasReadOld)
        {
            for (var number = files; number >= 1; number--)
            {
                if (File.Exists(Aside(number)))
                {
                    Read(Aside(number), 0);
                }
            }

            _hasReadOld = true;
        }

        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        if (length < _read)
        {
            // Another process has rotated it. What it wrote before it did is in the file put aside.
            if (File.Exists(Aside(1)))
            {
                Read(Aside(1), 0);
            }

            _read = 0;
        }

        if (length > _read)
        {
            _read = Read(path, _read);
            if (_read < length)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
                file.SetLength(_read);
                file.Flush(flushToDisk: true);
            }
        }
    }

    /// <returns>Where the last whole line ends.</returns>
    private long Read(string from, long start)
    {
        using var file = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = start;
        var bytes = new byte[file.Length - start];
        file.ReadExactly(bytes);
        var rest = bytes.AsSpan();
        while (rest.IndexOf(NewLine) is >= 0 and var end)
        {
            if (IdOf(rest[..end]) is { } id)
            {
                _known.Add(id);
            }

            rest = rest[(end + 1)..];
        }

        return start + bytes.Length - rest.Length;
    }

    private static Guid? IdOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() && reader.Read() && reader.ValueTextEquals("id") && reader.Read() && reader.TryGetGuid(out var id) ? id : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Somebody else wrote it.
            return null;
        }
    }

    private void Rotate()
    {
        for (var number = files; number >= 1; number--)
        {
            var (older, newer) = (Aside(number), number == 1 ? path : Aside(number - 1));
            if (File.Exists(newer))
            {
                File.Move(newer, older, overwrite: true);
            }
        }

        // What the oldest file had is forgotten with it, so that what is remembered stays as bounded as the files.
        _known.Clear();
        (_read, _hasReadOld) = (0, false);
    }

    private string Aside(int number) => $"{path}.{number.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
