using Microsoft.Extensions.DependencyInjection;

namespace OrleansMcp.Tests.Time;

/// <summary>
/// Gives a clock to what is this product's, and to nothing else: Orleans shares the container and keeps the machine's time, because its
/// loops wait for real moments.
/// </summary>
internal static class OwnTime
{
    public static void Give(IServiceCollection services, TimeProvider time)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            if (!service.IsKeyedService && service.ImplementationType is { } type && IsOurs(type) && TakesTime(type))
            {
                services[index] = new ServiceDescriptor(
                    service.ServiceType, provider => ActivatorUtilities.CreateInstance(provider, type, time), service.Lifetime);
            }
        }
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("OrleansMcp", StringComparison.Ordinal);

    private static bool TakesTime(Type type) =>
        type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeProvider)));
}
