using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Refresher.Core.Data;
using Refresher.Core.Http;

namespace Refresher.Tasks.Heartbeats;

/// <summary>What jobs call, by any tool that can open an address. No key is needed: the token in the address is the secret.</summary>
internal static class BeatEndpoints
{
    public const string Prefix = "/beat";

    /// <summary>A body that does not come is not waited for: the call itself is what counts.</summary>
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(5);

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var beat = endpoints.MapGroup($"{Prefix}/{{token:length(1,100)}}");
        beat.WithTags("Heartbeats").AllowAnonymous().WithRequestTimeout(AnswerTime.Policy);
        beat.MapMethods("", Methods, (HttpContext http, string token, Doorkeeper door) => door.TakeAsync(http, token, BeatKind.Success, null))
            .WithSummary("A job is done. A body of up to 10 KiB is kept with it.");
        beat.MapMethods("/start", Methods, (HttpContext http, string token, Doorkeeper door) => door.TakeAsync(http, token, BeatKind.Start, null)).WithSummary("A job begins.");
        beat.MapMethods("/fail", Methods, (HttpContext http, string token, Doorkeeper door) => door.TakeAsync(http, token, BeatKind.Fail, null)).WithSummary("A job failed.");
        beat.MapMethods("/{exitCode:int}", Methods, (HttpContext http, string token, int exitCode, Doorkeeper door) =>
            door.TakeAsync(http, token, exitCode == 0 ? BeatKind.Success : BeatKind.Fail, exitCode)).WithSummary("A job ended with this exit code: 0 is a success, all else a failure.");
    }

    /// <summary>Lets calls in that are not too many, and answers in plain text.</summary>
    internal sealed class Doorkeeper(BeatIntake intake, BeatRates rates, TimeProvider clock)
    {
        public async Task<IResult> TakeAsync(HttpContext http, string token, BeatKind kind, int? exitCode)
        {
            var (at, address) = (clock.GetUtcNow(), http.Connection.RemoteIpAddress);
            if (rates.WaitOf(token, address) is { } wait)
            {
                HeartbeatMetrics.Refused.Add(1, new KeyValuePair<string, object?>("why", "rate"));
                http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return Say("Too many calls. Wait as long as Retry-After says.", StatusCodes.Status429TooManyRequests);
            }

            var (body, isCut) = HttpMethods.IsPost(http.Request.Method) ? await ReadAsync(http) : (null, false);
            var beat = new NewBeat(kind, at) { ExitCode = exitCode, FromAddress = address?.IsIPv4MappedToIPv6 is true ? address.MapToIPv4().ToString() : address?.ToString(), Body = body, IsCut = isCut };
            if (await intake.TakeAsync(token, beat, http.RequestAborted) is null)
            {
                rates.CountUnknown(address);
                HeartbeatMetrics.Refused.Add(1, new KeyValuePair<string, object?>("why", "unknown"));
                return Say("Not found", StatusCodes.Status404NotFound);
            }

            return Say("OK", StatusCodes.Status200OK);
        }

        private static IResult Say(string text, int status) => Results.Text(text + "\n", "text/plain; charset=utf-8", statusCode: status);

        private static async Task<(string? Body, bool IsCut)> ReadAsync(HttpContext http)
        {
            var buffer = new byte[Beat.MostBody + 1];
            var read = 0;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            late.CancelAfter(BodyTime);
            try
            {
                int count;
                while (read < buffer.Length && (count = await http.Request.Body.ReadAsync(buffer.AsMemory(read), late.Token)) > 0)
                {
                    read += count;
                }
            }
            catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
            {
                // What has come is kept.
            }

            var isCut = read > Beat.MostBody;
            var text = Encoding.UTF8.GetString(buffer, 0, Math.Min(read, Beat.MostBody));
            return (text.Length == 0 ? null : StoredText.Clean(text, Beat.MostBody), isCut);
        }
    }
}
