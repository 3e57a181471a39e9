import Foundation
import Networks

extension ReferenceNetwork {
    func repeated(_ input: Map, _ factors: [Int]) -> Map {
        let size = zip(input.size, factors).map(*)
        var out = Map(channels: input.channels, size: size, values: [])
        for c in 0..<input.channels {
            for z in 0..<size[0] {
                for y in 0..<size[1] {
                    for x in 0..<size[2] { out.values.append(input.at(c, z / factors[0], y / factors[1], x / factors[2])) }
                }
            }
        }
        return out
    }

    /// Tokens in, tokens out, and back into the map.
    func mamba(_ name: String, _ input: Map, _ layer: MambaLayer) throws -> Map {
        let positions = input.size.reduce(1, *)
        var map = input
        if layer.tokens == .channels {
            let tokens = (0..<input.channels).map { Array(input.values[$0 * positions..<($0 + 1) * positions]) }
            map.values = try mamba(name, tokens, layer).flatMap(\.self)
        } else {
            let tokens = (0..<positions).map { position in (0..<input.channels).map { input.values[$0 * positions + position] } }
            for (position, token) in try mamba(name, tokens, layer).enumerated() {
                for (channel, value) in token.enumerated() { map.values[channel * positions + position] = value }
            }
        }
        return map
    }

    /// The recurrence as Gu and Dao write it, token by token.
    func mamba(_ name: String, _ tokens: [[Double]], _ layer: MambaLayer, normalizes: Bool = true) throws -> [[Double]] {
        var weights: [String: [Double]] = [:]
        for weight in layer.weights {
            weights[weight.name] = try source.weight("\(name).\(weight.name)", shape: weight.shape).map(Double.init)
        }
        func product(_ name: String, _ vector: [Double]) -> [Double] {
            let matrix = weights["mamba.\(name).weight"] ?? [], columns = vector.count
            return (0..<matrix.count / columns).map { row in
                vector.indices.reduce(0) { $0 + matrix[row * columns + $1] * vector[$1] }
            }
        }
        func of(_ name: String) -> [Double] { weights[name] ?? [] }
        func siLU(_ x: Double) -> Double { x / (1 + exp(-x)) }
        let (inner, states, taps) = (layer.inner, MambaLayer.states, MambaLayer.taps)
        var state = [Double](repeating: 0, count: inner * states), past: [[Double]] = []
        return tokens.map { token in
            let mean = token.reduce(0, +) / Double(token.count)
            let variance = token.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(token.count)
            let scale = 1 / (variance + Double(MambaLayer.epsilon)).squareRoot()
            let normalized = token.indices.map { (token[$0] - mean) * scale * of("norm.weight")[$0] + of("norm.bias")[$0] }
            let projected = product("in_proj", normalizes ? normalized : token)
            past.append(Array(projected[..<inner]))
            let values = (0..<inner).map { channel in
                siLU(
                    (0..<taps).reduce(of("mamba.conv1d.bias")[channel]) { sum, tap in
                        let time = past.count - taps + tap
                        return time < 0 ? sum : sum + of("mamba.conv1d.weight")[channel * taps + tap] * past[time][channel]
                    })
            }
            let mix = product("x_proj", values), rank = layer.rank
            let steps = zip(product("dt_proj", Array(mix[..<rank])), of("mamba.dt_proj.bias")).map { log1p(exp($0 + $1)) }
            let outputs = (0..<inner).map { channel in
                var output = of("mamba.D")[channel] * values[channel]
                for n in 0..<states {
                    let place = channel * states + n, decay = exp(-exp(of("mamba.A_log")[place]) * steps[channel])
                    state[place] = decay * state[place] + steps[channel] * mix[rank + n] * values[channel]
                    output += mix[rank + states + n] * state[place]
                }
                return output * siLU(projected[inner + channel])
            }
            return product("out_proj", outputs)
        }
    }
}
