using System.ComponentModel;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Http;

namespace Refresher.Tasks.HttpRequest;

/// <summary>Calls a URL. What may pass by itself (no answer, 5xx, 429) asks for a retry; an answer that was not expected fails.</summary>
[Description("Calls a URL, checks the answer's status and body, and keeps the answer.")]
internal sealed partial class HttpRequestTask(HttpRequestClient client) : IKind, ITask<HttpRequestTaskOptions>
{
    /// <summary>Carries the run's id, the same in every attempt, so that the server can tell a repetition.</summary>
    public const string RunIdHeader = "Refresher-Run-Id";

    public static string Name => "http-request";

    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        builder.Services.TryAddSingleton<HttpRequestClient>();
    }

    public async Task<RunOutcome> RunAsync(HttpRequestTaskOptions options, RunContext run, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, run.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await CallAsync(options, run, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return RunOutcome.Retry($"No complete answer within {options.RequestTimeout:g}.");
        }
        catch (OperationCanceledException slow) when (!cancel.IsCancellationRequested)
        {
            return RunOutcome.Retry(slow.InnerException?.Message ?? slow.Message);
        }
        catch (HttpRequestException refused) when (refused is TooManyRedirectsException || refused.InnerException is AddressRefusedException)
        {
            return RunOutcome.Failure(Describe(refused));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return RunOutcome.Retry(Describe(failed));
        }
    }

    private async Task<RunOutcome> CallAsync(HttpRequestTaskOptions options, RunContext run, CancellationToken cancel)
    {
        var pattern = options.Pattern();
        var begun = run.Clock.GetTimestamp();
        LogSending(run.Log, options.Method, options.Url);
        var (response, url, redirects) = await client.SendAsync(options, run.Id, cancel);
        using (response)
        {
            var body = await ResponseBody.ReadAsync(response.Content, pattern is null ? ResponseBody.KeptBytes : ResponseBody.MatchedBytes, cancel);
            var (text, base64, cut) = body.Keep();
            var seconds = run.Clock.GetElapsedTime(begun).TotalSeconds;
            var result = new HttpRequestResult((int)response.StatusCode, url, redirects, Math.Round(seconds, 6), Headers(response), body.Length, text, base64, cut);
            LogAnswer(run.Log, result.Status, body.Length, cut ? ", cut" : "", seconds);
            return Judge(options, response, result, body, pattern);
        }
    }

    private static RunOutcome Judge(HttpRequestTaskOptions options, HttpResponseMessage response, HttpRequestResult result, ResponseBody body, Regex? pattern)
    {
        if (StatusCodeSet.TryParse(options.ExpectedStatus, out var expected) && !expected.Contains(result.Status))
        {
            var reason = $"Status {result.Status} {response.ReasonPhrase}, expected {options.ExpectedStatus}.";
            return result.Status is >= 500 or 408 or 425 or 429
                ? RunOutcome.Retry(reason, RetryAfter(response), result)
                : RunOutcome.Failure(reason, result);
        }

        try
        {
            return pattern?.IsMatch(body.Text) == false
                ? RunOutcome.Failure($"The {(body.Complete ? "answer" : "answer's first MiB")} does not match {options.BodyMustMatch}.", result)
                : RunOutcome.Success(result);
        }
        catch (RegexMatchTimeoutException slow)
        {
            return RunOutcome.Failure($"Matching the answer took longer than {slow.MatchTimeout:g}.", result);
        }
    }

    /// <summary>How long the server asks to wait (RFC 9110, 10.2.3), at most an hour; null when it does not say in seconds.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait ? TimeSpan.FromSeconds(Math.Clamp(wait.TotalSeconds, 0, 3600)) : null;

    private static Dictionary<string, string> Headers(HttpResponseMessage response) =>
        response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers).Take(40).ToDictionary(header => header.Key, Shown);

    private static string Shown(KeyValuePair<string, IEnumerable<string>> header)
    {
        var value = header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) ? "(left out)" : string.Join(", ", header.Value);
        return value.Length <= 500 ? value : value[..500] + "…";
    }

    /// <summary>The whole chain of reasons: "The SSL connection could not be established" alone helps nobody.</summary>
    private static string Describe(Exception failed) =>
        failed.InnerException is { } inner && !failed.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{failed.Message} {Describe(inner)}"
            : failed.Message;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Url}")]
    private static partial void LogSending(ILogger log, string method, string url);

    [LoggerMessage(Level = LogLevel.Information, Message = "Status {Status}, {Bytes} bytes{Cut} in {Seconds:0.000} s")]
    private static partial void LogAnswer(ILogger log, int status, int bytes, string cut, double seconds);
}
