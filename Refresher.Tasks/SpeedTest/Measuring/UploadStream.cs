using System.Security.Cryptography;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Posts random bytes, one request after the other without waiting for the answers between them, so that a long way to the server
/// leaves no gaps. What counts is what the other side says it has, not what was put into the socket's buffer.
/// </summary>
internal sealed class UploadStream(SpeedServer server, AddressGuard guard) : LoadStream(server, guard, BufferSize)
{
    private const int BufferSize = 16 * 1024;
    private const int PieceSize = 256 * 1024;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(PieceSize);

    private readonly ByteCounter _written = new();

    protected override long Moved => _written.Bytes;

    protected override Crossing Crossed(TcpState state) => new(state.Delivered, 0, 0);

    protected override async Task TransferAsync(Wire wire, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var answers = ReadAnswersAsync(wire, either.Token);
        try
        {
            await WriteAsync(wire, answers, either.Token);
        }
        catch (IOException) when (!stop.IsCancellationRequested)
        {
            // A server that refuses hangs up, but says why before: that is the better reason.
            await answers.WaitAsync(AnswerTime, CancellationToken.None);
            throw;
        }
        finally
        {
            await either.CancelAsync();
        }

        await answers;
    }

    private async Task WriteAsync(Wire wire, Task answers, CancellationToken stop)
    {
        while (!answers.IsCompleted)
        {
            await wire.RequestAsync("POST", Target.UploadUrl, Target.UploadBytes, stop);
            for (long left = Target.UploadBytes; left > 0 && !answers.IsCompleted;)
            {
                var piece = (int)Math.Min(left, PieceSize);
                await wire.WriteAsync(Noise.AsMemory(0, piece), stop);
                _written.Add(piece);
                left -= piece;
            }
        }
    }

    private async Task ReadAnswersAsync(Wire wire, CancellationToken stop)
    {
        var ignored = new ByteCounter();
        ResponseHead head;
        do
        {
            head = await wire.HeadAsync(stop);
            Check(head, Target.UploadUrl);
            await wire.DrainAsync(head, ignored, stop);
        }
        while (!head.Close);
    }
}
