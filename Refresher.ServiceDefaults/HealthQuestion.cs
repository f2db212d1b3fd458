using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Refresher.ServiceDefaults;

/// <summary>
/// Asks the process that runs beside it whether it is healthy: <c>dotnet Refresher.Web.dll healthy</c>, the health check of an image that has neither a shell
/// nor another program. It needs the same <c>Management__Port</c>.
/// </summary>
public static class HealthQuestion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static bool IsAsked(string[] args) => args is ["healthy"];

    /// <returns>The exit code: 0 when it is healthy or degraded, 1 when it is not or does not answer, 2 when nobody can be asked.</returns>
    public static async Task<int> AskAsync()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (!int.TryParse(configuration["Management:Port"], CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            await Console.Error.WriteLineAsync("Management:Port is not set to a port, so there is nobody to ask.");
            return 2;
        }

        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync($"http://127.0.0.1:{port}/health");
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return 1;
        }
    }
}
