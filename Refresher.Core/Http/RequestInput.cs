using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Refresher.Core.Http;

/// <summary>A parameter of a handler that is read from the request field by field.</summary>
public interface IRequestInput
{
    /// <summary>Set when it is not right; then the handler is not called.</summary>
    ProblemHttpResult? Problem { get; }
}

/// <summary>Answers for handlers whose input is not right.</summary>
public sealed class RefuseWrongInput : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var wrong = context.Arguments.OfType<IRequestInput>().FirstOrDefault(input => input.Problem is not null);
        return wrong is null ? next(context) : ValueTask.FromResult<object?>(wrong.Problem);
    }
}
