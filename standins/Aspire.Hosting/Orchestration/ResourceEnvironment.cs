// Stand-in for Aspire.Hosting: the environment and arguments of one instance.
using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Puts together what a process is told, in the shapes Aspire uses.</summary>
internal static class ResourceEnvironment
{
    public static async Task<Launch> CompleteAsync(
        Launch launch, IResource resource, int replica, DistributedApplicationExecutionContext execution, CancellationToken cancel)
    {
        var environment = new EnvironmentCallbackContext(execution, resource, cancel);
        foreach (var (key, value) in Endpoints(resource, replica))
        {
            environment.EnvironmentVariables[key] = value;
        }

        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(environment);
        }

        List<object> args = [.. launch.Arguments];
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(new(args, cancel));
        }

        var variables = new Dictionary<string, string>(launch.Environment);
        foreach (var (key, value) in environment.EnvironmentVariables)
        {
            variables[key] = await TextAsync(value, cancel);
        }

        List<string> words = [];
        foreach (var arg in args)
        {
            words.Add(await TextAsync(arg, cancel));
        }

        return launch with { Environment = variables, Arguments = words };
    }

    /// <summary><c>ASPNETCORE_URLS</c> from the http end points of a project, and each end point's own variable where it has one.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Endpoints(IResource resource, int replica)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        foreach (var endpoint in endpoints.Where(e => e.TargetPortEnvironmentVariable is not null))
        {
            yield return new(endpoint.TargetPortEnvironmentVariable!, endpoint.PortOf(replica).ToString(CultureInfo.InvariantCulture));
        }

        var urls = endpoints
            .Where(e => resource is ProjectResource && e.TargetPortEnvironmentVariable is null && e.UriScheme is "http" or "https")
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.UriScheme}://{e.ListenAddress}:{e.PortOf(replica)}"))
            .ToList();
        if (urls.Count > 0)
        {
            yield return new("ASPNETCORE_URLS", string.Join(';', urls));
        }
    }

    private static async ValueTask<string> TextAsync(object value, CancellationToken cancel) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancel) ?? "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
